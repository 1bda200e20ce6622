"""Who may do what, over every wire: nobody gets where they may not."""
