"""The schema's history, one for both databases. `HEAD` is the revision that this version of the program works with."""

HEAD = "0005"
