"""What a token lacks, said before the first write.

Decides that a dry run only warns of it. Which scopes an operation takes is `domain.access`'s to
decide.
"""

from package_keeper.domain.access import Operation, check_scopes
from package_keeper.domain.errors import AccessDenied
from package_keeper.domain.model import PackageRef
from package_keeper.run.means import Asked, Means
from package_keeper.run.record import Record


def check_permission(
    operation: Operation, ref: PackageRef, asked: Asked, means: Means, record: Record
) -> None:
    """Raise AccessDenied where GitHub's answers so far show that a scope is missing."""
    try:
        warnings = check_scopes(
            means.github.token_scopes,
            operation,
            ref,
            on_enterprise_server=means.on_enterprise_server,
        )
        record.warn(warnings)
    except AccessDenied as error:
        if not asked.dry_run:
            raise
        record.warn([f"a real run would be refused: {error}"])
