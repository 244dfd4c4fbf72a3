"""What people say of the answers: kept in a database, counted, and given back as a data set to train on."""
