"""Tables and reports as HTML, CSV, XLSX, DOCX and LaTeX."""
