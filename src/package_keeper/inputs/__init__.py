"""What was asked for: the action's inputs and the runner's context, checked before any request."""
