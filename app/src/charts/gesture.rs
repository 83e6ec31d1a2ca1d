//! What is meant by what a pointer does on a chart. Pure: times and places are arguments.
//!
//! - Mouse: moving shows the values, a click picks a moment; dragging zooms, with Shift held it asks what changed; a double
//!   click returns.
//! - Finger or pen: a tap picks a moment and shows its values, moving sideways moves them along, up and down scrolls the page; holding for a
//!   moment and then moving sideways zooms; a double tap returns. A second finger ends what the first one began: the page
//!   is the browser's then.

/// A drag shorter than this is a click or a tap, CSS pixels.
const DRAG: f64 = 8.0;
/// Who has not moved for so long marks what follows, milliseconds.
const HOLD: f64 = 350.0;
/// The second tap of a double one comes within this time and this distance, milliseconds and CSS pixels.
const AGAIN: (f64, f64) = (350.0, 30.0);

/// What points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// A mouse.
    Mouse,
    /// A mouse while Shift is held.
    Shift,
    /// A finger or a pen.
    Finger,
}

/// What somebody wants. Places are those of the pointer, from left to right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Deed {
    /// The values at a place.
    Show(f64),
    /// This very place.
    Pick(f64),
    /// What lies between two places is being marked.
    Mark(f64, f64),
    /// To see what lies between them in full.
    Zoom(f64, f64),
    /// To know what changed between them.
    Ask(f64, f64),
    /// To go back to the whole.
    Return,
    /// Nothing.
    None,
}

/// A pointer that is down.
#[derive(Debug, Clone, Copy)]
struct Down {
    x: f64,
    at: f64,
    hand: Hand,
    stroke: Stroke,
}

/// What it has done since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stroke {
    /// It has not left its place.
    Still,
    /// It shows values.
    Points,
    /// It marks.
    Marks,
}

/// What a pointer has done so far.
#[derive(Debug, Default)]
pub struct Gesture {
    down: Option<Down>,
    tap: Option<(f64, f64)>,
}

impl Gesture {
    /// It goes down within the plot at a place and a time.
    pub fn down(&mut self, hand: Hand, x: f64, at: f64) {
        self.down = Some(Down { x, at, hand, stroke: Stroke::Still });
    }

    /// It is at a place now.
    pub fn moved(&mut self, x: f64, at: f64) -> Deed {
        let Some(down) = &mut self.down else { return Deed::Show(x) };
        if down.stroke == Stroke::Still && (x - down.x).abs() >= DRAG {
            let is_held = down.hand != Hand::Finger || at - down.at >= HOLD;
            down.stroke = if is_held { Stroke::Marks } else { Stroke::Points };
        }
        match down.stroke {
            Stroke::Marks => Deed::Mark(down.x.min(x), down.x.max(x)),
            Stroke::Points => Deed::Show(x),
            // The values follow a mouse; a finger that has not moved may be about to scroll.
            Stroke::Still if down.hand == Hand::Finger => Deed::None,
            Stroke::Still => Deed::Show(x),
        }
    }

    /// It goes up.
    pub fn up(&mut self, x: f64, at: f64) -> Deed {
        let Some(down) = self.down.take() else { return Deed::None };
        let (from, to) = (down.x.min(x), down.x.max(x));
        match (down.stroke, down.hand) {
            (Stroke::Marks, Hand::Shift) => Deed::Ask(from, to),
            (Stroke::Marks, _) => Deed::Zoom(from, to),
            (Stroke::Still, Hand::Finger) => {
                let (soon, near) = AGAIN;
                let is_second = self.tap.take().is_some_and(|tap| at - tap.1 < soon && (x - tap.0).abs() < near);
                if is_second {
                    return Deed::Return;
                }
                self.tap = Some((x, at));
                Deed::Pick(x)
            }
            (Stroke::Still, _) => Deed::Pick(x),
            (Stroke::Points, _) => Deed::None,
        }
    }

    /// What it began is given up: it has left, or the browser scrolls.
    pub fn gone(&mut self) {
        self.down = None;
    }

    /// Whether something is being marked.
    pub fn marks(&self) -> bool {
        self.down.is_some_and(|down| down.stroke == Stroke::Marks)
    }

    /// Whether a finger is down.
    pub fn is_touched(&self) -> bool {
        self.down.is_some_and(|down| down.hand == Hand::Finger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pointer that goes down at 100, moves over places each a tenth of a second later, and goes up.
    fn stroke(gesture: &mut Gesture, hand: Hand, begin: f64, places: &[f64]) -> Vec<Deed> {
        gesture.down(hand, 100.0, begin);
        let mut at = begin;
        let mut deeds: Vec<Deed> = places
            .iter()
            .map(|x| {
                at += 100.0;
                gesture.moved(*x, at)
            })
            .collect();
        deeds.push(gesture.up(places.last().copied().unwrap_or(100.0), at + 20.0));
        deeds
    }

    #[test]
    fn a_mouse_that_drags_marks_and_zooms_either_way_and_with_shift_it_asks() {
        let mut gesture = Gesture::default();
        assert_eq!(gesture.moved(40.0, 0.0), Deed::Show(40.0));
        let zoomed = stroke(&mut gesture, Hand::Mouse, 0.0, &[104.0, 160.0, 60.0]);
        assert_eq!(
            zoomed,
            [Deed::Show(104.0), Deed::Mark(100.0, 160.0), Deed::Mark(60.0, 100.0), Deed::Zoom(60.0, 100.0)]
        );
        assert_eq!(stroke(&mut gesture, Hand::Shift, 0.0, &[160.0])[1], Deed::Ask(100.0, 160.0));
        assert_eq!(stroke(&mut gesture, Hand::Mouse, 0.0, &[103.0])[1], Deed::Pick(103.0), "a click");
    }

    #[test]
    fn a_finger_that_moves_at_once_shows_values_and_one_that_was_held_zooms() {
        let mut gesture = Gesture::default();
        let moved = stroke(&mut gesture, Hand::Finger, 0.0, &[103.0, 120.0, 200.0]);
        assert_eq!(moved, [Deed::None, Deed::Show(120.0), Deed::Show(200.0), Deed::None]);
        let held = stroke(&mut gesture, Hand::Finger, 0.0, &[101.0, 102.0, 101.0, 150.0, 180.0]);
        assert_eq!(held[3..], [Deed::Mark(100.0, 150.0), Deed::Mark(100.0, 180.0), Deed::Zoom(100.0, 180.0)]);
    }

    #[test]
    fn a_tap_shows_values_and_a_second_one_soon_and_near_returns() {
        let mut gesture = Gesture::default();
        let mut tap = |at| stroke(&mut gesture, Hand::Finger, at, &[])[0];
        assert_eq!([tap(0.0), tap(200.0), tap(400.0)], [Deed::Pick(100.0), Deed::Return, Deed::Pick(100.0)]);
        assert_eq!([tap(1_000.0), tap(1_300.0)], [Deed::Pick(100.0), Deed::Return]);
        assert_eq!([tap(2_000.0), tap(3_000.0)], [Deed::Pick(100.0); 2], "not soon");
    }

    #[test]
    fn what_is_given_up_does_nothing_when_the_pointer_goes_up() {
        let mut gesture = Gesture::default();
        gesture.down(Hand::Finger, 100.0, 0.0);
        gesture.moved(200.0, 400.0);
        assert!(gesture.marks());
        gesture.gone();
        assert_eq!((gesture.marks(), gesture.up(250.0, 500.0)), (false, Deed::None));
    }
}
