// The audits of graphql-http that fail with us, each by its id with the reason why that is right; none does.
export const accepted = {};
