//! Courts by their id: the full name, and the time zone of the seat, which is the zone of the court's hours.

use chrono_tz::Tz;

mod table;

/// A federal court of the United States.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Court {
    /// The full name, such as "United States District Court for the District of Delaware".
    pub name: String,
    /// The IANA zone of its seat.
    pub zone: Tz,
    /// Other zones in which it also sits. Where there are any, an hour needs a person's look.
    pub also: &'static [Tz],
}

/// The court of an id such as `nysd` (district), `nysb` (bankruptcy) or `ca2`; none where the id is not known.
pub fn find(id: &str) -> Option<Court> {
    let own = table::COURTS.iter().find(|line| line.0 == id);
    if let Some(&(_, name, zone, also)) = own {
        return Some(Court { name: name.to_owned(), zone, also });
    }
    let (letters, kind) = match (id.strip_suffix('d'), id.strip_suffix('b')) {
        (Some(letters), _) => (letters, "District"),
        (_, Some(letters)) => (letters, "Bankruptcy"),
        _ => return None,
    };
    let &(_, district, zone, also) = table::DISTRICTS.iter().find(|line| line.0 == letters)?;
    Some(Court { name: format!("United States {kind} Court for {district}"), zone, also })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_out() {
        let name = |id| find(id).map(|court| court.name);
        assert_eq!(
            name("nysd").unwrap(),
            "United States District Court for the Southern District of New York"
        );
        assert_eq!(name("deb").unwrap(), "United States Bankruptcy Court for the District of Delaware");
        assert_eq!(name("dcd").unwrap(), "United States District Court for the District of Columbia");
        assert_eq!(name("cit").unwrap(), "United States Court of International Trade");
        assert_eq!(name("nowhere"), None);
        assert_eq!(name(""), None);
    }

    #[test]
    fn zones_are_the_seats() {
        let zones = [
            ("akb", "America/Anchorage"),
            ("azb", "America/Phoenix"),
            ("idd", "America/Boise"),
            ("insd", "America/Indiana/Indianapolis"),
            ("kywd", "America/Kentucky/Louisville"),
            ("mied", "America/Detroit"),
            ("ndd", "America/Chicago"),
            ("tnmd", "America/Chicago"),
            ("tned", "America/New_York"),
            ("gud", "Pacific/Guam"),
            ("hid", "Pacific/Honolulu"),
            ("ca9", "America/Los_Angeles"),
            ("prd", "America/Puerto_Rico"),
        ];
        for (id, zone) in zones {
            assert_eq!(find(id).unwrap().zone.name(), zone, "{id}");
        }
    }

    #[test]
    fn courts_that_sit_in_two_zones_say_so() {
        for id in ["flnd", "idd", "innd", "insd", "kywd", "sdd", "tned", "txwd", "txwb", "ca9", "jpml"] {
            assert!(!find(id).unwrap().also.is_empty(), "{id}");
        }
        for id in ["kyed", "tnmd", "flmd", "txnd", "nysb", "deb", "cand", "azd", "orb", "nvb", "ca2"] {
            assert!(find(id).unwrap().also.is_empty(), "{id}");
        }
    }
}
