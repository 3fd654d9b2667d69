//! Tool calls of a conversation, for the results that follow.

use std::collections::HashMap;

/// Which call was of which tool.
#[derive(Default)]
pub struct Calls {
    names: HashMap<String, String>,
    /// How many came without an id, which only the older form of calls does.
    nameless: usize,
    /// The last of these, until its result has come.
    open: Option<String>,
}

impl Calls {
    /// Takes note of a call.
    pub fn add(&mut self, id: &str, name: &str) {
        self.names.insert(id.into(), name.into());
    }

    /// The tool that was called under this id.
    pub fn name(&self, id: &str) -> Option<&String> {
        self.names.get(id)
    }

    /// Gives an id to a call that has none.
    pub fn add_nameless(&mut self, name: &str) -> String {
        self.nameless += 1;
        let id = format!("function_call_{}", self.nameless);
        self.add(&id, name);
        self.open = Some(id.clone());
        id
    }

    /// The id of the call of this tool whose result comes next.
    pub fn answer(&mut self, name: &str) -> Option<String> {
        let names = &self.names;
        self.open
            .take_if(|id| names.get(id).is_some_and(|it| it == name))
    }
}
