//! Opaque ids: one byte for the type and sixteen random ones, as base64url; the same text in the API and the database.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

macro_rules! tags {
    ($($(#[$about:meta])* $name:ident = $byte:literal),+ $(,)?) => {
        /// The type that an id names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Tag { $($(#[$about])* $name),+ }

        impl Tag {
            fn byte(self) -> u8 {
                match self { $(Tag::$name => $byte),+ }
            }

            fn of(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Tag::$name),)+ _ => None }
            }

            /// The GraphQL type's name.
            pub fn type_name(self) -> &'static str {
                match self { $(Tag::$name => stringify!($name)),+ }
            }
        }
    };
}

tags! {
    /// A law firm.
    Firm = 1,
    /// Somebody with an account.
    Person = 2,
    /// A person's part in a case.
    Participant = 3,
    /// A case.
    Case = 4,
    /// A step of a case.
    Milestone = 5,
    /// A paper of a case.
    Document = 6,
    /// A bill.
    Invoice = 7,
    /// Money that came in.
    Payment = 8,
    /// A hearing, mediation or meeting.
    Event = 9,
    /// Staff's work item.
    Task = 10,
    /// Staff's thoughts on a case.
    StrategyNote = 11,
    /// Letters to and from the other side.
    Correspondence = 12,
    /// Records of people who are not clients.
    ThirdPartyRecord = 13,
    /// A person kept away from a case.
    EthicalWall = 14,
    /// A line of a ledger of money held for a client.
    TrustEntry = 15,
    /// A wording that was approved.
    Release = 16,
    /// A change of an event that waits for staff.
    ProposedEventChange = 30,
}

/// A new id, not to be guessed from any other.
pub fn random(tag: Tag) -> String {
    let mut bytes = [0; 17];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut bytes);
    encode(tag, bytes)
}

fn encode(tag: Tag, mut bytes: [u8; 17]) -> String {
    if let Some(first) = bytes.first_mut() {
        *first = tag.byte();
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the id names, or nothing where the text is no id, whatever the reason. Only the one canonical spelling counts.
pub fn tag(text: &str) -> Option<Tag> {
    if text.len() != 23 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    if bytes.len() == 17 { bytes.first().copied().and_then(Tag::of) } else { None }
}

/// A new reference by which people call a case: short, without letters that look like digits, and not to be guessed.
pub fn reference() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut bytes = [0; 8];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut bytes);
    let mut letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)));
    let mut next =
        |count: usize| letters.by_ref().take(count).map(|letter| char::from(*letter)).collect::<String>();
    format!("{}-{}", next(4), next(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_its_type_and_no_other_text_is_one() {
        let id = random(Tag::Milestone);
        assert_eq!(tag(&id), Some(Tag::Milestone));
        assert_eq!(random(Tag::Case).len(), 23);
        for wrong in ["", "x", &id[1..], &format!("{id}="), &format!("{id}A"), &id.replace(&id[..2], "__")] {
            assert_eq!(tag(wrong), None, "{wrong}");
        }
        // The last character carries two spare bits; another spelling of the same bytes is not an id.
        let last = id.chars().last().unwrap();
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let other = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
        assert_eq!(tag(&format!("{}{other}", &id[..22])), None);
    }
}
