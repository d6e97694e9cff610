//! `DEVICE_ID`: device, advertising, push and installation ids.
//!
//! Why it matters: it follows a person across apps and over years.
//!
//! The rule: one word with digits, as long as an id, in a field whose name matches, or an id inside
//! a device.

use super::{Detector, Hit, Value};
use crate::class::DataClass;
use crate::field_name::{Names, Roles};

pub(super) static DETECTOR: Detector = Detector {
    class: DataClass::DeviceId,
    names: &[
        Names::new(
            "device id|device identifier|device uuid|device guid|device token|device key|\
         device serial|device serial number|device fingerprint|deviceid|hardware id|\
         hardware uuid|hardware serial|machine id|advertising id|advertiser id|ad id|adid|\
         aaid|gaid|idfa|idfv|google advertising id|apple advertising id|mobile ad id|maid|\
         push token|push id|push device token|fcm token|apns token|registration token|\
         installation id|installation uuid|install id|app instance id|android id|udid|\
         id for vendor|identifier for vendor|oaid|msai|gerate id|geraete id|geratekennung|\
         geratenummer|werbe id|id appareil|identifiant appareil|identifiant de l appareil|\
         id dispositivo|id de dispositivo|identificador de dispositivo|\
         identificativo dispositivo|id do dispositivo|apparaat id|toestel id|id urzadzenia|\
         identyfikator urzadzenia|enhets id|enhetsid|tanmatsu id|debaisu id|端末id|デバイスid|広告id|\
         android advertising id|ios device id|ios idfa|device push token|\
         push notification token|expo push token|apns device token|fcm device token|cihaz id|\
         enhed id|zarizeni id|기기id|디바이스id|设备id|设备号|device no|\
         terminal device id|unique device id|\
         windows device id|client device id|device hash|device fp",
        ),
        Names::new("id|uuid|guid|token|serial|serial number|identifier|udid").within(Roles::DEVICE),
    ],
    keywords: "",
    finds: &[],
    field: Some(fits),
    positive: &[
        r#"{"deviceId": "A1B2C3D4E5F6"}"#,
        r#"{"idfa": "6D92078A-8246-4BA4-AE5B-76104861E7DC"}"#,
        r#"{"device": {"id": "dev-83fa12bc"}}"#,
        r#"{"端末ID": "3f2a-99c1-7b"}"#,
    ],
    negative: &[
        r#"{"device_type": "iphone12"}"#,
        r#"{"deviceId": "unknown"}"#,
        r#"{"device_id_count": "12345678"}"#,
        r#"{"device_name": "pixel"}"#,
        r#"{"vendorId": "V-1002"}"#,
    ],
};

fn fits(value: &Value<'_>) -> Option<Hit> {
    let is_word = (5..=512).contains(&value.text.len())
        && value
            .text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>'))
        && value.shape.digits >= 1;
    if !is_word
        || value.is_placeholder()
        || value.is_masked()
        || value.is_reference()
        || value.is_dated()
    {
        return None;
    }
    value.whole(85)
}
