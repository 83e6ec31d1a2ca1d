//! How large the cells of a large fleet are, and how many of its groups lie side by side: so that the cells fill the
//! width, and the map stays on a screen while it can. Pure.

/// Pixels between two cells of a host.
pub const GAP: f64 = 1.0;
/// Pixels between two hosts of a row.
const APART: f64 = 2.0;
/// Pixels between two rows of hosts.
const ROWS_APART: f64 = 7.0;
/// Pixels between two groups side by side.
const GROUPS_APART: f64 = 20.0;
/// Height of a group's heading.
pub const HEADING: f64 = 24.0;
/// The width that a heading needs.
const READABLE: f64 = 150.0;
/// Side of a cell at most.
const LARGEST: u32 = 16;
/// A place of this width is a phone's.
const NARROW: f64 = 640.0;

/// What a group takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Its hosts.
    pub hosts: usize,
    /// The most devices that one of them has.
    pub deep: usize,
}

/// The measures of a map, CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Side of a cell.
    pub cell: f64,
    /// Groups side by side.
    pub across: usize,
    /// Width of a group.
    pub width: f64,
    /// Hosts in a row of a group.
    pub columns: usize,
}

impl Grid {
    /// The measures that suit some groups on `width` pixels. Of those with which the map stays low enough it is the one
    /// whose cells fill most of the place; where there is none, the lowest.
    pub fn of(groups: &[Size], width: f64) -> Self {
        let (smallest, low_enough) = if width < NARROW { (7, 1_200.0) } else { (8, 640.0) };
        let most = whole((width + GROUPS_APART) / (READABLE + GROUPS_APART)).clamp(1, groups.len().max(1));
        let worth = |grid: &Self| {
            let height = grid.height(groups).max(1.0);
            if height <= low_enough { grid.cell * grid.cell / height } else { -height }
        };
        let one = Self::with(f64::from(smallest), 1, width);
        let others = (smallest..=LARGEST).flat_map(|cell| (1..=most).map(move |across| (f64::from(cell), across)));
        others
            .map(|(cell, across)| Self::with(cell, across, width))
            .fold(one, |best, grid| if worth(&grid) > worth(&best) { grid } else { best })
    }

    fn with(cell: f64, across: usize, width: f64) -> Self {
        let apart = (across - 1) as f64 * GROUPS_APART;
        let width = ((width - apart) / across as f64).floor().max(cell);
        Self { cell, across, width, columns: whole((width + APART) / (cell + APART)).max(1) }
    }

    /// From a host's left edge to the next one's.
    pub fn pitch(&self) -> f64 {
        self.cell + APART
    }

    /// From the top of a row of hosts to the next one's, in a group whose hosts have up to `deep` devices.
    pub fn row(&self, deep: usize) -> f64 {
        deep as f64 * (self.cell + GAP) - GAP + ROWS_APART
    }

    /// The left edge of the group with a number.
    pub fn left(&self, number: usize) -> f64 {
        (number % self.across) as f64 * (self.width + GROUPS_APART)
    }

    /// The height of a group with its heading.
    pub fn height_of(&self, group: Size) -> f64 {
        HEADING + group.hosts.div_ceil(self.columns) as f64 * self.row(group.deep)
    }

    /// The height of all groups.
    fn height(&self, groups: &[Size]) -> f64 {
        let shelf = |beside: &[Size]| beside.iter().map(|group| self.height_of(*group)).fold(0.0, f64::max);
        groups.chunks(self.across).map(shelf).sum()
    }
}

/// A number of pixels, hosts or groups, cut to a whole one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to usize saturates")]
fn whole(number: f64) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites(count: usize, hosts: usize) -> Vec<Size> {
        vec![Size { hosts, deep: 8 }; count]
    }

    #[test]
    fn small_groups_lie_side_by_side_with_large_cells_on_a_wide_screen() {
        let wide = Grid::of(&sites(5, 24), 1_110.0);
        assert_eq!((wide.across, wide.cell), (5, 15.0));
        assert!(wide.height(&sites(5, 24)) < 400.0);
        assert_eq!(Grid::of(&sites(5, 24), 326.0).across, 1);
    }

    #[test]
    fn cells_fill_half_of_the_map_or_more() {
        for (groups, hosts) in [(1, 70), (5, 24), (5, 60), (5, 200), (20, 100), (5, 1_000)] {
            for width in [326.0, 700.0, 1_110.0, 1_600.0] {
                let sites = sites(groups, hosts);
                let grid = Grid::of(&sites, width);
                let inked = (groups * hosts * 8) as f64 * grid.cell * grid.cell;
                let share = inked / (width * grid.height(&sites));
                assert!(share > 0.4, "{groups} groups of {hosts} on {width}: {share}");
            }
        }
    }

    #[test]
    fn a_map_stays_on_a_screen_as_long_as_its_cells_can_be_told_apart() {
        let height = |groups: &[Size], width| Grid::of(groups, width).height(groups);
        assert!(height(&sites(5, 60), 1_110.0) <= 640.0);
        assert!(height(&sites(5, 200), 1_110.0) <= 900.0, "one thousand hosts");
        assert!(height(&sites(5, 1_000), 1_110.0) > 900.0);
    }

    #[test]
    fn no_groups_and_no_width_are_no_reason_to_fail() {
        assert_eq!(Grid::of(&[], 0.0).columns, 1);
        assert_eq!(Grid::of(&sites(3, 0), 5.0).columns, 1);
    }
}
