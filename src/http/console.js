// Starts GraphiQL when its code has come; otherwise the page's own text stays and says what to do.
"use strict";
if (window.React && window.ReactDOM && window.GraphiQL) {
  const welcome = `# Put your token into the tab Headers below:
# { "Authorization": "Bearer <token>" }
# With several roles, name one there:
# "Portico-Role": "<role>"
# Then press the round arrow on the left:
# it reads the schema of your role.
{
  __typename
}
`;
  ReactDOM.createRoot(document.getElementById("console")).render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
      defaultQuery: welcome,
      defaultHeaders: "{}",
      isHeadersEditorEnabled: true,
      defaultEditorToolsVisibility: "headers",
      shouldPersistHeaders: false,
      showPersistHeadersSettings: false,
    }),
  );
}
