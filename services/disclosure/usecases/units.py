"""What units of work are called, for doors that hand them on: the doors themselves do not reach into storage."""

from services.disclosure.storage.unit_of_work import Desk as Desk
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork as DisclosureUnitOfWork
