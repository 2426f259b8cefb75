"""Pages that are generated from the code: GLOSSARY.md and RULES.md."""
