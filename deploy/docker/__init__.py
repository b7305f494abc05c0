"""Images of the services, and one host running them."""
