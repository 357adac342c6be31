"""The workspace in the browser: pages and an API over the use cases of study.

A topic is one module in ``routes`` with its template in ``templates`` and its use case in ``study``; to add a page, write
these three and put the module's name into ``routes.TOPICS``.  Views parse, call one use case and present; they never
touch the store.
"""
