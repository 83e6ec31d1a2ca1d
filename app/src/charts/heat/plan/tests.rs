use super::*;
use forewatch::WorkerId;
use forewatch::worker::GpuMark;

/// So many hosts of eight devices in each of some groups.
pub(in crate::charts::heat) fn fleet(sites: &[(&str, u32)]) -> Vec<FleetGpu> {
    let device = |site: &str, host: u32, index: u32| {
        let worker = format!("{site}-{host:04}");
        FleetGpu {
            id: format!("{worker}/{index}"),
            worker_id: WorkerId::new(&worker).expect("an id"),
            worker_name: worker,
            group: Some(format!("site:{site}")),
            index,
            name: None,
            utilization: None,
            memory_usage: None,
            temperature_celsius: None,
            mark: GpuMark::Ok,
        }
    };
    let hosts = |(site, count): &(&str, u32)| {
        let site = (*site).to_owned();
        (0..*count).flat_map(move |host| {
            let site = site.clone();
            (0..8).map(move |index| (site.clone(), host, index))
        })
    };
    sites.iter().flat_map(hosts).map(|(site, host, index)| device(&site, host, index)).collect()
}

#[test]
fn no_two_of_eight_thousand_devices_share_a_pixel_and_all_lie_on_the_canvas() {
    let fleet = fleet(&[("fra", 400), ("ams", 300), ("iad", 299), ("lonely", 1)]);
    for width in [318.0, 900.0, 2_400.0] {
        let plan = Plan::of(&fleet, width);
        let mut taken = std::collections::HashSet::new();
        for (x, y) in &plan.places {
            assert!(
                *x >= 0.0 && x + plan.grid.cell <= width && y + plan.grid.cell <= plan.height,
                "{x} {y} at {width}"
            );
            #[expect(clippy::cast_possible_truncation, reason = "pixels")]
            let mut pixels =
                (0..plan.grid.cell as i64).flat_map(|dx| (0..plan.grid.cell as i64).map(move |dy| (dx, dy)));
            #[expect(clippy::cast_possible_truncation, reason = "pixels")]
            let all_free = pixels.all(|(dx, dy)| taken.insert((*x as i64 + dx, *y as i64 + dy)));
            assert!(all_free, "two devices at {x} {y}, {width} wide");
        }
    }
}

#[test]
fn a_pointer_over_a_cell_finds_its_device_and_no_other() {
    let fleet = fleet(&[("fra", 130), ("ams", 97)]);
    let plan = Plan::of(&fleet, 600.0);
    for (n, gpu) in fleet.iter().enumerate() {
        let (x, y) = plan.places[n];
        let spot = plan.at(x + plan.grid.cell / 2.0, y + plan.grid.cell / 2.0).expect("a device");
        assert_eq!(plan.device(spot).map(|found| &fleet[found].id), Some(&gpu.id));
    }
    assert_eq!(plan.at(plan.sites[1].left + 5.0, plan.sites[1].top + 2.0), None, "a heading is no device");
    assert_eq!((plan.at(-1.0, 50.0), plan.at(5.0, plan.height + 300.0)), (None, None));
}

#[test]
fn steps_reach_every_host_and_stop_at_the_ends() {
    let fleet = fleet(&[("fra", 45), ("ams", 31)]);
    let plan = Plan::of(&fleet, 300.0);
    let mut spot = Spot { host: 0, device: 3 };
    let mut seen = vec![spot.host];
    while plan.step(spot, Step::Right) != spot {
        spot = plan.step(spot, Step::Right);
        seen.push(spot.host);
    }
    assert_eq!((seen, spot), ((0..76).collect::<Vec<_>>(), Spot { host: 75, device: 3 }));
    assert_eq!(plan.step(spot, Step::First), Spot { host: 0, device: 0 });
    assert_eq!(plan.step(Spot { host: 0, device: 0 }, Step::Up), Spot { host: 0, device: 0 });
    let below = plan.step(Spot { host: 2, device: 7 }, Step::Down);
    assert!((plan.hosts[below.host].x - plan.hosts[2].x).abs() < 0.1);
    assert_eq!(plan.step(below, Step::Up), Spot { host: 2, device: 7 });
}

#[test]
fn a_plan_fits_until_a_device_comes_goes_or_moves() {
    let fleet = fleet(&[("fra", 10)]);
    let plan = Plan::of(&fleet, 600.0);
    assert!(plan.fits(&fleet, 600.0));
    assert!(!plan.fits(&fleet, 500.0) && !plan.fits(&fleet[1..], 600.0));
    let mut moved = fleet.clone();
    moved[3].group = Some("site:ams".to_owned());
    assert!(!plan.fits(&moved, 600.0));
    let mut busier = fleet.clone();
    busier[3].mark = GpuMark::Hot;
    assert!(plan.fits(&busier, 600.0), "what a device does is no reason to lay all out anew");
}
