//! The roles' names, as they stand in policy files, in answers and in logs.

use portico::policy::Role;

#[test]
fn a_role_is_read_as_it_is_written_in_small_letters_or_in_capitals_alone() {
    for role in Role::ALL {
        assert_eq!(role.name().parse(), Ok(role));
        assert_eq!(role.word().parse(), Ok(role));
        assert_eq!((role.to_string(), role.subject()), (role.name().into(), format!("role:{}", role.name())));
        assert_ne!(role.is_outside(), role.is_staff());
    }
    for strange in ["", "Client", "role:client", "clients", "CLIENT "] {
        assert!(strange.parse::<Role>().is_err(), "{strange}");
    }
    assert_eq!(format!("{:>8}", Role::Client), "  client");
    let outside: Vec<&str> =
        Role::ALL.iter().filter(|role| role.is_outside()).map(|role| role.name()).collect();
    assert_eq!(
        outside.join(" "),
        "anonymous client co_client authorized_contact bill_payer expert co_counsel"
    );
}
