CREATE TABLE firms (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE CHECK (slug <> '' AND slug = lower(slug)),
  name TEXT NOT NULL CHECK (name <> ''),
  time_zone TEXT NOT NULL,
  display_name TEXT NOT NULL,
  logo_url TEXT,
  primary_color TEXT NOT NULL,
  background_color TEXT NOT NULL,
  text_color TEXT NOT NULL,
  phone TEXT,
  privacy_url TEXT,
  terms_url TEXT
);

-- Keys that the service makes for itself, such as the one that seals cursors.
CREATE TABLE service_keys (
  name TEXT NOT NULL PRIMARY KEY,
  secret TEXT NOT NULL
);
