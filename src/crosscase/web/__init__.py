"""The workspace in the browser: thin views over the use cases of study."""
