"""What people and workflows read: the log, annotations, the job summary and the outputs."""
