"""The pages: server-rendered, French first, complete without JavaScript."""
