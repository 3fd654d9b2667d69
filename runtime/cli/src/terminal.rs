//! Standard output, for people and for pipes.

use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{Effects, Style};

const DIM: Style = Style::new().effects(Effects::DIMMED);

/// Text without characters that command a terminal: an upstream's words must not move its cursor,
/// set its title or answer for its user.
pub fn printable(text: &str) -> String {
    let safe = |character: char| match character {
        '\n' | '\t' => character,
        character if character.is_control() => '\u{fffd}',
        character => character,
    };
    text.chars().map(safe).collect()
}

/// Where answers go: at once, and to a pipe byte for byte.
pub struct Output {
    is_terminal: bool,
    dimmed: bool,
    /// Whether the last line is complete.
    at_line_start: bool,
}

impl Output {
    pub fn new() -> Self {
        Output {
            is_terminal: io::stdout().is_terminal(),
            dimmed: false,
            at_line_start: true,
        }
    }

    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Writes text as it is.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.undim()?;
        self.write(text)
    }

    /// Writes text that is no part of the answer: on a terminal only.
    pub fn aside(&mut self, text: &str) -> io::Result<()> {
        if !self.is_terminal {
            return Ok(());
        }
        if !self.dimmed {
            self.dimmed = true;
            write!(anstream::stdout(), "{DIM}")?;
        }
        self.write(text)
    }

    /// Ends the line if one is begun.
    pub fn end_line(&mut self) -> io::Result<()> {
        self.undim()?;
        match self.at_line_start {
            true => Ok(()),
            false => self.write("\n"),
        }
    }

    /// A line of its own.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.text(text)?;
        self.write("\n")
    }

    fn undim(&mut self) -> io::Result<()> {
        if self.dimmed {
            self.dimmed = false;
            writeln!(anstream::stdout(), "{DIM:#}")?;
            self.at_line_start = true;
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let Some(last) = text.chars().last() else {
            return Ok(());
        };
        self.at_line_start = last == '\n';
        let mut stdout = io::stdout().lock();
        match self.is_terminal {
            true => stdout.write_all(printable(text).as_bytes())?,
            false => stdout.write_all(text.as_bytes())?,
        }
        stdout.flush()
    }
}
