//! Whose turn it is. Pure: seconds and what people do come in as calls.

/// Seconds without a sign of life after which nobody is there any more.
#[cfg(any(feature = "hydrate", test))]
const ATTENDED: u32 = 15;

/// Which slide is shown, and how long it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Slides there are, at least one.
    count: usize,
    /// Seconds that each stays.
    every: u32,
    /// The one that is shown.
    pub(super) at: usize,
    /// Seconds that are left to it.
    pub(super) left: u32,
    /// Seconds for which somebody counts as being there.
    attended: u32,
    /// Stopped until it is told to go on.
    pub(super) is_paused: bool,
}

impl Turn {
    pub(super) fn new(count: usize, every: u32) -> Self {
        Self { count: count.max(1), every, at: 0, left: every, attended: 0, is_paused: false }
    }

    /// A second passed. `is_held`: something else is shown, or the pointer or the focus is on a control.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn tick(&mut self, is_held: bool) {
        if self.attended > 0 {
            self.attended -= 1;
        } else if !self.is_paused && !is_held && self.count > 1 {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                self.go_to(self.at + 1);
            }
        }
    }

    /// Somebody moved the pointer, touched the screen or pressed a key.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn attend(&mut self) {
        self.attended = ATTENDED;
    }

    /// Whether somebody was there a moment ago.
    pub(super) fn is_attended(&self) -> bool {
        self.attended > 0
    }

    /// Shows that slide, counted around.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at % self.count;
        self.left = self.every;
    }

    /// Shows the one before.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn back(&mut self) {
        self.go_to(self.at + self.count - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(turn: &mut Turn, seconds: u32) {
        (0..seconds).for_each(|_| turn.tick(false));
    }

    #[test]
    fn each_stays_its_time_and_the_first_follows_the_last() {
        let mut turn = Turn::new(3, 20);
        pass(&mut turn, 19);
        assert_eq!(turn.at, 0);
        pass(&mut turn, 1);
        assert_eq!((turn.at, turn.left), (1, 20));
        pass(&mut turn, 40);
        assert_eq!(turn.at, 0);
        turn.back();
        assert_eq!(turn.at, 2);
    }

    #[test]
    fn while_somebody_is_there_nothing_moves_and_afterwards_it_goes_on() {
        let mut turn = Turn::new(2, 5);
        pass(&mut turn, 4);
        turn.attend();
        pass(&mut turn, ATTENDED);
        assert_eq!((turn.at, turn.left, turn.is_attended()), (0, 1, false));
        (0..100).for_each(|_| turn.tick(true));
        assert_eq!(turn.at, 0, "held");
        turn.is_paused = true;
        pass(&mut turn, 100);
        assert_eq!(turn.at, 0, "paused");
        turn.is_paused = false;
        pass(&mut turn, 1);
        assert_eq!(turn.at, 1);
    }

    #[test]
    fn a_single_slide_stays() {
        let mut turn = Turn::new(0, 5);
        pass(&mut turn, 50);
        assert_eq!((turn.at, turn.left), (0, 5));
    }
}
