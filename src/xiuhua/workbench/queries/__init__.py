"""What the pages of the workbench show: each module brings together what several rooms know."""
