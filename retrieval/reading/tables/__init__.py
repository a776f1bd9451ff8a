"""Tables of every format: which rows name the columns, and what a row of data says."""
