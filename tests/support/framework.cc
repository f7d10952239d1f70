// Compiled once for the headers that it is given (WRIT_BULK).
