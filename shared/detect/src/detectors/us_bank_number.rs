//! `US_BANK_NUMBER`: numbers of bank accounts without an IBAN, as in the United States.
//!
//! Why it matters: with the routing number, money can be withdrawn from the account.
//!
//! The rule: four to seventeen digits in a field whose name says the number of a bank account. A
//! plain account number needs a bank around it, or a bank's code beside it.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles, Signals};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::UsBankNumber,
    names: &[
        Names::new(
            "bank account|bank account number|bank account no|bank account num|bank acct|\
         bank acct no|bank number|us bank account|us bank number|checking account|\
         checking account number|savings account|savings account number|ach account|\
         ach account number|direct deposit account|bankkonto|bankkontonummer|compte bancaire|\
         numero de compte bancaire|cuenta bancaria|numero de cuenta bancaria|clabe|\
         clabe interbancaria|conto bancario|numero conto bancario|conta bancaria|\
         numero da conta bancaria|conta corrente|bankrekening|bankrekeningnummer|\
         konto bankowe|numer konta bankowego|numer rachunku bankowego|bankkonto nummer|\
         kouza bangou|ginkou kouza|ginkou kouza bangou|口座番号|銀行口座|銀行口座番号|\
         us account number|deposit account|deposit account number|\
         bank acct number|bank account nr|\
         hesap no|banka hesap no|cislo uctu|bankovni ucet|tilinumero|계좌번호|은행계좌|银行账号|银行账户",
        )
        .gives(Signals::BANK_ACCOUNT),
        Names::new(
            "account number|account no|account num|account nr|account id|account|acct|\
         acct number|acct no|acct num|kontonummer|konto nr|kontonr|konto|numero de compte|\
         numero compte|compte|numero de cuenta|numero cuenta|cuenta|numero conto|\
         numero di conto|conto|numero da conta|conta|rekeningnummer|rekening|numer konta|\
         nr konta|numer rachunku|rachunek|kouza|口座|number|\
         beneficiary account|beneficiary account number|creditor account|debtor account|\
         payee account|payee account number|recipient account number|source account|\
         destination account|from account|to account",
        )
        .within(Roles::BANK)
        .beside(Signals::BANK_CODE.or(Signals::SORT_CODE))
        .gives(Signals::BANK_ACCOUNT),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"bank_account_number": "000123456789"}"#,
        r#"{"routing_number": "021000021", "account_number": "12345678901"}"#,
        r#"{"bank": {"accountNumber": 9876543210}}"#,
        r#"{"口座番号": "1234567"}"#,
    ],
    negative: &[
        r#"{"account_number": "12345678901"}"#,
        r#"{"bank_account_type": "1234"}"#,
        r#"{"bank_account": "DE89370400440532013000"}"#,
        r#"{"bank_account_number": "****6789"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let digits = value.shape.digits;
    let is_number = value
        .text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-'))
        && (4..=18).contains(&digits);
    let is_uniform = value.text.trim_matches('0').is_empty();
    if !is_number || is_uniform || value.is_dated() {
        return None;
    }
    value.whole(86)
}
