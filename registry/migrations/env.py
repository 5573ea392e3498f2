"""What Alembic runs: the migrations over the connection that :func:`registry.database.migrate` gives."""

from alembic import context

from registry.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
