"""The server for teams: many studies, signed-in members.  What a study's pages do is in :mod:`crosscase.web.routes`."""
