//! Labels at the end of lines: moved apart until none covers another, in their order, as little as may be.

/// Moves `places` (any order) apart so that neighbours are at least `gap` from each other and all lie
/// within `0..=height`. Answers with the new places in the order given. When there is no room for all,
/// they are spread evenly.
pub fn spread(places: &[f64], gap: f64, height: f64, out: &mut Vec<f64>) {
    out.clear();
    out.extend_from_slice(places);
    if places.len() < 2 {
        for place in out.iter_mut() {
            *place = place.clamp(0.0, height.max(0.0));
        }
        return;
    }
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]).then(a.cmp(b)));
    let gap = gap.min(height.max(0.0) / (places.len() - 1) as f64);
    // Blocks of labels that touch; each wants to lie where its labels' wishes balance.
    let mut blocks: Vec<Block> = Vec::with_capacity(places.len());
    for (rank, index) in order.iter().enumerate() {
        blocks.push(Block { first: rank, count: 1, wish: places[*index] });
        while let [.., above, below] = blocks.as_slice() {
            if below.top(gap, height) >= above.top(gap, height) + above.count as f64 * gap - 1e-9 {
                break;
            }
            let joined = above.join(below, gap);
            blocks.truncate(blocks.len() - 2);
            blocks.push(joined);
        }
    }
    for block in &blocks {
        let top = block.top(gap, height);
        for n in 0..block.count {
            out[order[block.first + n]] = top + n as f64 * gap;
        }
    }
}

/// Labels that touch each other.
struct Block {
    first: usize,
    count: usize,
    /// Where its first label would lie if there were no edges.
    wish: f64,
}

impl Block {
    fn top(&self, gap: f64, height: f64) -> f64 {
        let room = height - (self.count - 1) as f64 * gap;
        self.wish.clamp(0.0, room.max(0.0))
    }

    fn join(&self, below: &Self, gap: f64) -> Self {
        let (mine, theirs) = (self.count as f64, below.count as f64);
        let wish = (self.wish * mine + (below.wish - mine * gap) * theirs) / (mine + theirs);
        Self { first: self.first, count: self.count + below.count, wish }
    }
}
