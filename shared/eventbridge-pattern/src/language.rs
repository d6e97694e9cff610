//! Describes the pattern language, operator by operator.
//!
//! A pattern is a JSON object that looks like the events it matches, with an array of alternatives
//! in the place of each value. Every field that it names must be satisfied (and), by any of its
//! alternatives (or), by any of the event's values for it. All other fields are ignored.
//!
//! The examples below use this shorthand:
//!
//! ```
//! use eventbridge_pattern::{Event, Pattern};
//!
//! fn matches(pattern: &str, event: &str) -> Result<bool, Box<dyn std::error::Error>> {
//!     Ok(Pattern::parse(pattern)?.matches(&Event::parse(event.as_bytes())?)?)
//! }
//! assert!(matches(r#"{"source": ["shop"]}"#, r#"{"source": "shop", "id": 1}"#)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Exact values
//! Exact values are strings, numbers, `true`, `false`, `null` and the empty string. Numbers are
//! equal as numbers, whatever their spelling. Those that a 64-bit floating-point number would
//! change (20-digit ids) are compared by their spelling. A string is never equal to a number.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! let pattern = r#"{"v": ["a", "", 300, null, true]}"#;
//! assert!(matches(pattern, r#"{"v": "a"}"#));
//! assert!(matches(pattern, r#"{"v": ""}"#));
//! assert!(matches(pattern, r#"{"v": 3.0e2}"#));
//! assert!(matches(pattern, r#"{"v": null}"#));
//! assert!(!matches(pattern, r#"{"v": "300"}"#));
//! assert!(!matches(pattern, r#"{"v": false}"#));
//! ```
//!
//! # `prefix` and `suffix`
//! They accept the beginning and the end of strings; with `equals-ignore-case` inside, regardless
//! of case.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! assert!(matches(r#"{"v": [{"prefix": "ord"}]}"#, r#"{"v": "orders"}"#));
//! assert!(!matches(r#"{"v": [{"prefix": "ord"}]}"#, r#"{"v": "Orders"}"#));
//! assert!(matches(r#"{"v": [{"prefix": {"equals-ignore-case": "ord"}}]}"#, r#"{"v": "Orders"}"#));
//! assert!(matches(r#"{"v": [{"suffix": ".pdf"}]}"#, r#"{"v": "a.pdf"}"#));
//! assert!(!matches(r#"{"v": [{"suffix": "5"}]}"#, r#"{"v": 15}"#));
//! assert!(matches(r#"{"v": [{"suffix": {"equals-ignore-case": ".PDF"}}]}"#, r#"{"v": "a.pdf"}"#));
//! ```
//!
//! # `equals-ignore-case`
//! Each character of the pattern may be in lower or in upper case.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! assert!(matches(r#"{"v": [{"equals-ignore-case": "Straße"}]}"#, r#"{"v": "STRASSE"}"#));
//! assert!(!matches(r#"{"v": [{"equals-ignore-case": "a"}]}"#, r#"{"v": "ab"}"#));
//! ```
//!
//! # `wildcard`
//! `*` stands for any run of characters, including none. `\*` is an asterisk and `\\` a backslash.
//! Two asterisks may not follow each other.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! assert!(matches(r#"{"v": [{"wildcard": "dir/*/*.png"}]}"#, r#"{"v": "dir/a/b.png"}"#));
//! assert!(!matches(r#"{"v": [{"wildcard": "dir/*.png"}]}"#, r#"{"v": "dir/b.jpg"}"#));
//! assert!(Pattern::parse(r#"{"v": [{"wildcard": "a**b"}]}"#).is_err());
//! ```
//!
//! # `anything-but`
//! It accepts any value that is not listed. The list has strings, or numbers, or it is a `prefix`,
//! `suffix`, `equals-ignore-case` or `wildcard` operator, whose values are then excluded. The field
//! must have a value.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! assert!(matches(r#"{"v": [{"anything-but": ["a", "b"]}]}"#, r#"{"v": "c"}"#));
//! assert!(!matches(r#"{"v": [{"anything-but": 5}]}"#, r#"{"v": 5.0}"#));
//! assert!(!matches(r#"{"v": [{"anything-but": {"prefix": ["x", "y"]}}]}"#, r#"{"v": "yes"}"#));
//! assert!(matches(r#"{"v": [{"anything-but": {"wildcard": "*lib*"}}]}"#, r#"{"v": null}"#));
//! assert!(!matches(r#"{"v": [{"anything-but": "a"}]}"#, r#"{"w": "b"}"#));
//! ```
//!
//! # `numeric`
//! It compares numbers with `=`, `<`, `<=`, `>` or `>=`, or with a lower bound followed by an upper
//! one. No other value satisfies it.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! assert!(matches(r#"{"v": [{"numeric": [">", 0, "<=", 5]}]}"#, r#"{"v": 5.0}"#));
//! assert!(!matches(r#"{"v": [{"numeric": [">", 0, "<=", 5]}]}"#, r#"{"v": 0}"#));
//! assert!(!matches(r#"{"v": [{"numeric": ["=", 5]}]}"#, r#"{"v": "5"}"#));
//! assert!(Pattern::parse(r#"{"v": [{"numeric": [">", 5, "<", 5]}]}"#).is_err());
//! ```
//!
//! # `cidr`
//! It accepts strings with an address of the network, IPv4 or IPv6. An exact value that is an
//! address is compared as an address too.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! assert!(matches(r#"{"v": [{"cidr": "10.0.0.0/24"}]}"#, r#"{"v": "10.0.0.255"}"#));
//! assert!(!matches(r#"{"v": [{"cidr": "10.0.0.0/24"}]}"#, r#"{"v": "10.0.1.0"}"#));
//! assert!(matches(r#"{"v": [{"cidr": "2001:db8::/32"}]}"#, r#"{"v": "2001:DB8::1"}"#));
//! assert!(matches(r#"{"v": ["2001:db8::1"]}"#, r#"{"v": "2001:db8:0::1"}"#));
//! assert!(Pattern::parse(r#"{"v": [{"cidr": "10.0.0.0/33"}]}"#).is_err());
//! ```
//!
//! # `exists`
//! Only leaves count: a field that contains an object, or an empty array, has no value.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! assert!(matches(r#"{"v": [{"exists": true}]}"#, r#"{"v": null}"#));
//! assert!(!matches(r#"{"v": [{"exists": true}]}"#, r#"{"v": []}"#));
//! assert!(matches(r#"{"v": [{"exists": false}]}"#, r#"{"v": {"w": 1}}"#));
//! ```
//!
//! # `$or`
//! It has alternatives between fields, at any level. It is an ordinary field name unless its value
//! is an array of at least two objects.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! let pattern = r#"{"source": ["shop"], "detail": {"$or": [{"total": [{"numeric": [">", 100]}]}, {"vip": [true]}]}}"#;
//! assert!(matches(pattern, r#"{"source": "shop", "detail": {"total": 50, "vip": true}}"#));
//! assert!(!matches(pattern, r#"{"source": "shop", "detail": {"total": 50}}"#));
//! ```
//!
//! # Arrays
//! A field that contains an array has each of its elements as a value. Fields inside an array of
//! objects must be satisfied by one and the same element.
//! ```
//! # use eventbridge_pattern::{Event, Pattern};
//! # fn matches(p: &str, e: &str) -> bool { Pattern::parse(p).unwrap().matches(&Event::parse(e.as_bytes()).unwrap()).unwrap() }
//! assert!(matches(r#"{"tags": ["b"]}"#, r#"{"tags": ["a", "b"]}"#));
//! let pattern = r#"{"items": {"sku": ["a"], "paid": [true]}}"#;
//! assert!(matches(pattern, r#"{"items": [{"sku": "b"}, {"sku": "a", "paid": true}]}"#));
//! assert!(!matches(pattern, r#"{"items": [{"sku": "a", "paid": false}, {"paid": true}]}"#));
//! ```
