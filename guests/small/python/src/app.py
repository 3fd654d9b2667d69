"""The component: what componentize-py exports. Everything else is in the modules it imports."""

import tidegate
from provider import Small

Provider = tidegate.component(Small())
