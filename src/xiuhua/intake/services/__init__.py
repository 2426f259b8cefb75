"""Taking workbooks into the register: receive, read, check, preview, merge. Every step can be done again."""
