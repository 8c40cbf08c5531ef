//! Portico: one GraphQL schema for each role of a law firm's client portal.
