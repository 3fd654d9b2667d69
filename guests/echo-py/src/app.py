"""The component: what componentize-py exports. Everything else is in the modules it imports."""

import tidegate
from provider import Echo

Provider = tidegate.component(Echo())
