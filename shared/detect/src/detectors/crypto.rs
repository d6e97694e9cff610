//! `CRYPTO`: addresses of cryptocurrency wallets.
//!
//! Why it matters: the chain shows every payment of an address to anyone who knows its owner.
//!
//! The rule: Bitcoin and related currencies by `Base58Check`, Bech32 and Bech32m, Ethereum by
//! EIP-55, see `checksum::{base58check, bech32, eip55}`. An Ethereum address in one case has no
//! checksum and needs a field's name.

use super::{Detector, Find, Hit};
use crate::checksum::{base58check, bech32, eip55};
use crate::class::DataClass;
use crate::field_name::Names;

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::Crypto,
    names: &[Names::new(
        "crypto|crypto address|crypto wallet|crypto wallet address|cryptocurrency address|\
         cryptocurrency wallet|wallet|wallet address|wallet id|bitcoin|bitcoin address|\
         bitcoin wallet|btc|btc address|btc wallet|ethereum address|ethereum wallet|\
         eth address|eth wallet|litecoin address|ltc address|dogecoin address|tron address|\
         usdt address|blockchain address|payout wallet|coin address|deposit address|\
         withdrawal address|wallet adresse|bitcoin adresse|krypto adresse|adresse bitcoin|\
         adresse crypto|portefeuille crypto|direccion bitcoin|direccion de billetera|\
         billetera|indirizzo bitcoin|portafoglio crypto|endereco bitcoin|carteira bitcoin|\
         carteira crypto|bitcoin adres|adres portfela|adres bitcoin|bitcoinadress|planbok|\
         bittokoin adoresu|ビットコインアドレス|ウォレットアドレス",
    )],
    keywords: "",
    finds: &[
        Find::Word(26, 35, find_base58),
        Find::Prefix(
            &["bc1", "BC1", "tb1", "TB1", "bcrt1", "ltc1", "LTC1", "tltc1"],
            find_bech32,
        ),
        Find::Word(42, 42, find_ethereum),
    ],
    field: None,
    positive: &[
        r#"{"x": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}"#,
        r#"{"note": "send to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 please"}"#,
        r#"{"x": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}"#,
        r#"{"wallet": "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"}"#,
        r#"{"x": "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"}"#,
    ],
    negative: &[
        r#"{"x": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"}"#,
        r#"{"x": "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"}"#,
        r#"{"x": "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}"#,
        r#"{"x": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"}"#,
    ],
};

/// Finds `Base58Check`. The longest word has 35 characters.
fn find_base58(text: &str, start: usize, end: usize) -> Option<Hit> {
    let is_proved =
        base58check::is_valid(&text.as_bytes()[start..end]) && !touches(text, start, end);
    is_proved.then(|| Hit::new(start, end, 95, 99))
}

fn find_bech32(text: &str, start: usize) -> Option<Hit> {
    let length = text.as_bytes()[start..]
        .iter()
        .take(bech32::LONGEST + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let end = start + length;
    let is_proved = bech32::is_valid(&text.as_bytes()[start..end]) && !touches(text, start, end);
    is_proved.then(|| Hit::new(start, end, 95, 99))
}

fn find_ethereum(text: &str, start: usize, end: usize) -> Option<Hit> {
    let address = &text.as_bytes()[start..end];
    if touches(text, start, end) || !eip55::has_shape(address) {
        return None;
    }
    let alone = if eip55::is_valid(address) { 92 } else { 0 };
    Some(Hit::new(start, end, alone, 92))
}

/// Returns true if other base 64 characters stand beside the word, because a base 64 text can
/// contain any word.
fn touches(text: &str, start: usize, end: usize) -> bool {
    let holds_on = |byte: &u8| matches!(byte, b'_' | b'+' | b'=' | b'%');
    text.as_bytes()[..start]
        .last()
        .is_some_and(|byte| holds_on(byte) && *byte != b'=')
        || text.as_bytes().get(end).is_some_and(holds_on)
}
