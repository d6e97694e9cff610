//! The words around the detectors' phrases: words for owners, words that change the subject, and
//! words that add nothing. They are in lower case and without accents. English comes first, then
//! German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish and Japanese. The commonest
//! are also in Turkish, Danish, Norwegian, Finnish, Czech, Korean and Chinese. Most of this file is
//! these lists.

use super::meaning::Slot;
use super::roles::{Roles, Signals};

/// The contribution of a single word to a name.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Word {
    roles: Roles,
    gives: Signals,
    slot: Slot,
    flags: u8,
}

const NEGATIVE: u8 = 1;
const NEUTRAL: u8 = 1 << 1;
const ID: u8 = 1 << 2;
const NUMBER: u8 = 1 << 3;
const WRAPPER: u8 = 1 << 4;
const HEAD: u8 = 1 << 5;
const TYPE: u8 = 1 << 6;

impl Word {
    const fn flags(flags: u8) -> Self {
        Self {
            roles: Roles::NONE,
            gives: Signals::NONE,
            slot: Slot::None,
            flags,
        }
    }

    const fn role(roles: Roles) -> Self {
        Self {
            roles,
            ..Self::flags(0)
        }
    }

    const fn gives_signal(gives: Signals) -> Self {
        Self {
            gives,
            ..Self::flags(0)
        }
    }

    const fn in_slot(slot: Slot) -> Self {
        Self {
            slot,
            ..Self::flags(NEUTRAL)
        }
    }

    /// Creates a word with a slot that is not neutral.
    const fn in_place(slot: Slot) -> Self {
        Self {
            slot,
            ..Self::flags(0)
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.roles = self.roles.or(other.roles);
        self.gives = self.gives.or(other.gives);
        self.flags |= other.flags;
        if other.slot != Slot::None {
            self.slot = other.slot;
        }
    }

    pub(crate) const fn roles(self) -> Roles {
        self.roles
    }

    pub(crate) const fn gives(self) -> Signals {
        self.gives
    }

    pub(crate) const fn slot(self) -> Slot {
        self.slot
    }

    /// Returns true if the word makes the name about something else than its other words
    /// (`email_template`).
    pub(crate) const fn is_negative(self) -> bool {
        self.flags & NEGATIVE != 0
    }

    /// Returns true if the word makes the name about something else only after the other words:
    /// `password_changed` is not a password, but `deleted_user_id` is the id of a user.
    pub(crate) const fn is_head(self) -> bool {
        self.flags & HEAD != 0
    }

    /// Returns true if the word names a notation of a value (`stringValue`, `valueCode`).
    pub(crate) const fn is_type(self) -> bool {
        self.flags & TYPE != 0
    }

    pub(crate) const fn is_neutral(self) -> bool {
        self.flags & NEUTRAL != 0
    }

    /// Returns true if the word adds nothing: it is not an id, and names nothing that has a name or
    /// an id.
    pub(crate) const fn is_filler(self) -> bool {
        self.flags & (NEUTRAL | ID | NUMBER | WRAPPER) == NEUTRAL
    }

    pub(crate) const fn is_number(self) -> bool {
        self.flags & NUMBER != 0
    }

    /// Returns true if the word names something that is counted, dated or issued and is not a
    /// person's data.
    pub(crate) const fn is_record(self) -> bool {
        self.roles.has(Roles::RECORD)
    }

    pub(crate) const fn is_id(self) -> bool {
        self.flags & ID != 0
    }
}

/// All words with an effect around a phrase.
pub(crate) const TABLE: &[(Word, &str)] = &[
    (Word::role(Roles::PERSON), PERSONS),
    (Word::role(Roles::USER), USERS),
    (Word::role(Roles::PERSON.or(Roles::WORK)), WORKERS),
    (Word::role(Roles::WORK), WORK),
    (Word::role(Roles::PERSON.or(Roles::HEALTH)), PATIENTS),
    (Word::role(Roles::ADDRESS), ADDRESSES),
    (Word::role(Roles::RECEIVER), RECEIVERS),
    (Word::role(Roles::DIAGNOSIS), DIAGNOSES),
    (Word::role(Roles::ORGANIZATION), ORGANIZATIONS),
    (Word::role(Roles::CARD), CARDS),
    (Word::role(Roles::BANK), BANKS),
    (Word::role(Roles::DEVICE), DEVICES),
    (Word::role(Roles::HEALTH), HEALTH),
    (Word::role(Roles::PLACE), PLACES),
    (Word::role(Roles::SESSION), SESSIONS),
    (Word::role(Roles::HEADERS), "header headers"),
    (
        Word::role(Roles::TEXTS),
        "translation translations placeholders tooltips locales uebersetzungen traductions",
    ),
    (Word::role(Roles::PHONE), PHONES),
    (Word::role(Roles::BIRTH), BIRTHS),
    (Word::role(Roles::NAME), NAMES),
    (Word::role(Roles::PASSPORT), PASSPORTS),
    (Word::role(Roles::LICENSE), LICENSES),
    (Word::role(Roles::THING), THINGS),
    (Word::role(Roles::THING.or(Roles::RECORD)), RECORDS),
    (Word::flags(NEGATIVE), NEGATIVES),
    (Word::flags(HEAD), HEADS),
    (Word::flags(TYPE), TYPES),
    (Word::flags(NEUTRAL), NEUTRALS),
    (Word::flags(NEUTRAL | WRAPPER), WRAPPERS),
    (Word::flags(NEUTRAL | ID), IDS),
    (Word::flags(NEUTRAL | NUMBER), NUMBERS),
    (Word::in_slot(Slot::Value), VALUE_SLOTS),
    (Word::in_slot(Slot::Name), NAME_SLOTS),
    (Word::in_place(Slot::Wrapper), WRAPPER_SLOTS),
    (Word::gives_signal(Signals::TERRITORY), TERRITORIES),
    (Word::gives_signal(Signals::MESSAGE), CONTENTS),
    (Word::gives_signal(Signals::THING), MARKS_OF_THINGS),
];

const PERSONS: &str = "
    customer user client member person people contact buyer purchaser recipient addressee consignee
    receiver sender owner holder cardholder subscriber beneficiary applicant borrower payer payee
    insured policyholder resident citizen candidate guest passenger traveler traveller driver rider
    participant attendee player donor spouse guardian kin victim witness voter visitor caller
    profile identity individual associate lead prospect shopper adult infant cosigner
    registrant signer signatory requester requestor approver assignee reporter reviewer author
    actor creator initiator debtor creditor remitter claimant dependent husband wife mother
    father friend sibling emergency consumer
    interviewer interviewee examiner mentor mentee trainee apprentice volunteer winner victim suspect
    impersonator submitter submitters approvers closer dbtr cdtr inviter invitee editor commenter moderator committer pusher uploader contributor collaborator
    maintainer responder performer requestor enterer asserter attester prescriber respondent who cust empl usr
    kunde kunden benutzer nutzer person personen empfaenger empfanger absender kaufer kaeufer
    besteller inhaber kontoinhaber karteninhaber ansprechpartner mitglied gast fahrer fahrgast
    versicherter versicherungsnehmer antragsteller teilnehmer mieter auftraggeber halter
    client utilisateur personne destinataire expediteur acheteur titulaire passager membre abonne
    beneficiaire assure conducteur adherent locataire
    cliente usuario persona destinatario remitente comprador titular pasajero miembro contacto
    beneficiario conductor suscriptor huesped abonado asegurado
    utente mittente acquirente intestatario titolare passeggero membro contatto assicurato
    utilizador pessoa remetente comprador passageiro contato motorista segurado
    klant gebruiker persoon ontvanger afzender koper houder lid contactpersoon reiziger bewoner
    klient klienta uzytkownik uzytkownika osoba odbiorca odbiorcy nadawca kupujacy wlasciciel
    pasazer kontakt
    kund anvandare mottagare avsandare kopare agare passagerare medlem
    kokyaku okyakusama riyousha yuuza yuza kaiin
    顧客 お客様 利用者 ユーザー 会員 受取人 送信者 宛先 担当者 購入者 契約者 名義人 乗客
    biometric biometrics kyc shipper policyholder enrollee accountholder householder renter lessee heir nominee
    insuree bidder seller backer sponsor caregiver carer
    versicherte kontaktperson zahler schuldner glaeubiger
    musteri kullanici yolcu kisi uye alici gonderen sahibi
    kunde bruger modtager afsender indehaver passager
    zakaznik uzivatel prijemce odesilatel cestujici majitel drzitel
    bruker mottaker avsender eier
    asiakas kayttaja henkilo vastaanottaja lahettaja omistaja matkustaja
    고객 사용자 회원 수취인 수령인 예금주 승객 신청인
    客户 用户 会员 收件人 收货人 寄件人 乘客 持卡人 申请人 联系人
";

/// Words for persons as users of a system. Their name is a login name. The list above has them too.
const USERS: &str = "
    user usr actor pusher
    benutzer nutzer utilisateur usuario utente utilizador gebruiker uzytkownik anvandare kullanici bruger
    bruker uzivatel kayttaja
";

/// Words for things that are sent to a person, so that a name below them is a person's
/// (`shipping.name`). They do not make an id a person's (`delivery_id`).
const RECEIVERS: &str =
    "shipping delivery billing shipto billto soldto deliverto address addresses mailing";

const DIAGNOSES: &str = "
    diagnosis manifestation allergy allergyintolerance medication vaccine immunization disease
    diagnose allergie medikament allergia farmaco medicamento diagnostico diagnosi
";

/// Words for things that have their own display name and address.
const ORGANIZATIONS: &str = "
    brand company companies organization organisation org merchant vendor supplier business
    employer school university airline hotel restaurant insurer carrier store shop hospital clinic
    agency firma unternehmen societe entreprise empresa azienda bedrijf foretag 会社 店舗
";

/// Words that change the subject of a name at its end, and only qualify it at its start.
const HEADS: &str = "
    verified confirmed sent opened clicked bounced delivered unsubscribed subscribed changed updated
    modified created deleted matched normalized target source subject validated invited blocked
    result results access attempt attempts outcome action actions permission permissions management
    requested granted denied locked unlocked assigned approved rejected
";

/// Words for the notation of a value, beside `value`.
const TYPES: &str = "
    string str int integer long double float decimal bool boolean bytes binary code coding date
    datetime time timestamp uri url text number codeable concept reference json quantity
    var char varchar scalar blob null geo point map array
";

/// Words between a name and its value: versions of the value, and other wrappers in documents.
const WRAPPER_SLOTS: &str = "
    old new from to before after previous current prev original display localized date
    formatted full raw versions history amount alphabetic ideographic
";

const WORKERS: &str = "
    instructor tutor professor coach trainer speaker presenter organizer organiser advisor adviser
    lawyer attorney salesperson representative operator therapist dentist broker landlord
    recruiter dispatcher notary adjuster appraiser underwriter mechanic electrician plumber pilot captain
    employee employees staff worker colleague manager supervisor courier teacher student nurse doctor
    physician practitioner provider clinician surgeon payroll nurse midwife
    mitarbeiter mitarbeiterin angestellter arbeitnehmer arzt
    employe salarie medecin empleado trabajador medico dipendente impiegato funcionario empregado
    medewerker werknemer arts pracownik pracownika lekarz anstalld lakare
    shain juugyouin 社員 従業員 医師
    calisan personel medarbejder zamestnanec ansatt tyontekija 직원 사원 员工 雇员
    candidato colaborador lavoratore trabalhador kandidat kandydat bewerber candidat salariee
";

const WORK: &str = "
    employment beschaftigung beschaeftigung emploi empleo impiego emprego dienstverband zatrudnienie
    anstallning ansaettelse ansettelse
";

const PATIENTS: &str = "
    patient patients paciente paziente pacjent pacjenta patientin kanja 患者
    hasta pacient potilas 환자 患者 病人
";

const ADDRESSES: &str = "
    address addresses addr shipping billing shipto billto delivery residence mailing home domicile
    location postal dispatch pickup dropoff pstladr
    adresse adressen anschrift lieferadresse rechnungsadresse wohnort liefer rechnungs versand
    livraison facturation domicile direccion domicilio envio facturacion indirizzo spedizione
    fatturazione residenza endereco entrega morada adres bezorgadres factuuradres levering
    dostawa dostawy adress leverans faktura juusho jusho 住所 配送先 請求先 お届け先
    shipto billto soldto deliverto
    cobranca faturamento residencia indirizzi bezorging
    teslimat fatura leveringsadresse faktureringsadresse levering bydliste dodaci osoite toimitus toimitusosoite laskutus
    주소 배송지 청구지 地址 收货地址 配送地址
";

const CARDS: &str = "
    card cards creditcard debitcard cc paymentcard karte kreditkarte carte tarjeta carta cartao
    kaart creditcard karta karty kort kado カード クレジットカード
    kart 카드 银行卡 信用卡 卡
";

const BANKS: &str = "
    bank banking iban konto bankverbindung banque bancaire banco bancaria banca bancario rekening
    bankowe bankowy rachunek bankkonto ach wire sepa payout ginkou 銀行 口座
    banka bankovni hesap ucet tili tilinumero 은행 계좌 银行 账户
    prelevement virement bonifico transferencia uberweisung ueberweisung lastschrift przelew checking savings
    mandate beneficiary creditor debtor iban payroll
";

const DEVICES: &str = "
    device devices handset phone mobile tablet hardware geraet gerat appareil dispositivo aparelho
    apparaat urzadzenie enhet tanmatsu 端末 デバイス
    cihaz zarizeni laite enhed 기기 단말기 设备
";

const HEALTH: &str = "
    health medical medication clinical insurance healthcare hospital clinic treatment prescription
    claim coverage gesundheit krankenkasse versicherung sante assurance salud seguro salute
    assicurazione saude zorg verzekering zdrowie halsa 医療 保険
    sygdom zdravi terveys saglik sykdom helse 건강 의료 보험 健康 病历 保险 健康保険
    encounter admission ehr emr cartella prontuario mutuelle seguros
";

const PLACES: &str = "
    geo geolocation coordinates coordinate position gps location latlng latlong place geometry point geopoint standort
    koordinaten coordonnees coordenadas ubicacion posizione coordinate localizacao locatie
    lokalizacja plats ichi 位置 座標
    konum poloha sijainti 위치 좌표 坐标
";

const SESSIONS: &str =
    "session cookie browser sitzung sesion sessione sessao sessie sesja oturum 세션 会话";

/// Words for the time at which a person was born. A year, a month or a day in it is a part of that.
const BIRTHS: &str = "
    birth dob birthdate birthday geburtsdatum geburtstag naissance nacimiento nascita nascimento
    geboortedatum urodzenia fodelsedatum fodselsdato
";

/// Words for the content of a message to a telephone.
const CONTENTS: &str = "text body sms mms caption messaging";

const PHONES: &str = "
    phone telephone mobile cell fax tel telefon telefono telefone telefoon handy denwa 電話
     puhelin mobil 전화 手机
";

const NAMES: &str = "
    name names nom nombre nome naam namn nazwa namae 名前 氏名
    navn nimi jmeno isim 이름 성명 姓名
";

const PASSPORTS: &str = "
    passport reisepass passeport pasaporte passaporto passaporte paspoort paszport ryoken
    旅券 パスポート
    pasaport 여권 护照
";

const LICENSES: &str = "
    license licence fuhrerschein fuehrerschein permis licencia patente rijbewijs korkort menkyo
    免許証 運転免許証
    ehliyet 운전면허 驾照
";

const THINGS: &str = "
    product products item items sku article articles goods file files filename folder directory
    document bucket image photo video event events host hostname server service services app
    application system queue topic table database db column schema function lambda method class
    module package plugin project repo repository branch pipeline job task workflow step stage
    environment region zone cluster node namespace domain site website page campaign plan
    subscription tier category tag tags label brand model color colour size variant collection
    catalog catalogue store shop warehouse company companies organization organisation org merchant
    vendor supplier business employer school university airline hotel restaurant insurer carrier
    department dept team group role permission policy rule resource os platform payment currency
    metric feature experiment channel list order orders invoice shipment tracking coupon discount
    promotion bundle stack line lines layer container pod process thread command script alarm alert rule
    trigger parameter variable setting agent bot device machine printer router key topic stream
    course lesson book movie song album game team league club drug medicine disease product brand
    vehicle car ship vessel aircraft flight train route station airport port building room floor
    city country state street institution facility market exchange fund portfolio asset instrument
    cache ingredient recipe dish menu theme font style layout report dashboard chart index
    field attribute property parameter header cookie token session scope claim provider vpc subnet
    widget cert certificate button form section component gateway endpoint instance snapshot volume rack program
    pet animal deal deals opportunity quote contract proposal milestone sprint issue epic board
    survey quiz
    programme grant treatment procedure test sample study trial bank
    produkt produkte artikel datei firma unternehmen betrieb verein marke hersteller bestellung
    gerat geraet abteilung rolle veranstaltung anbieter lieferant haendler handler kategorie
    produit produits fichier societe entreprise marque magasin commande boutique evenement
    fournisseur categorie
    producto productos archivo empresa compania marca tienda pedido evento proveedor categoria
    prodotto prodotti azienda ditta negozio ordine fornitore societa
    produto produtos arquivo loja fornecedor
    bedrijf winkel bestelling merk leverancier bestand
    plik sklep zamowienie zamowienia marka dostawca kategoria towar
    foretag butik varumarke leverantor fil vara
    shouhin shohin kaisha mise 商品 会社 会社名 店舗 店 製品 注文 部署 ファイル
    hastane urun sirket magaza vyrobek produkt spolecnost obchod virksomhed firma butikk bedrift tuote yritys 상품 제품 회사 매장 商品 产品 公司 店铺 門店 clinic hospital ward pharmacy laboratory
";

const RECORDS: &str = "
    order orders invoice invoices tracking waybill awb shipment shipments consignment parcel parcels batch lot sku skus
    barcode ean upc gtin isbn asin article hash hashes checksum digest etag token tokens nonce
    sha md5 crc snowflake ulid salt timestamp ts epoch millis time times datetime created updated transaction transactions txn
    receipt receipts refund refunds trace span cursor offset run job commit shard partition revision
    installation ticket tickets charge charges node nodes external amount amounts total totals price prices balance quantity count counter size bytes duration index
    bestellung bestellungen bestell rechnung rechnungsnummer auftrag auftrags sendung sendungs paket betrag
    commande facture colis suivi montant
    pedido factura paquete rastreo seguimiento importe
    ordine fattura pacco tracciamento importo
    fatura encomenda rastreamento
    bestelling factuur zending pakket bedrag
    zamowienie zamowienia przesylka przesylki paczka paczki kwota
    ordernummer paketet belopp
    chuumon denpyou 注文 追跡 伝票 請求書 金額
    siparis fatura kargo takip objednavka zasilka ordre pakke sending tilaus lasku 주문 송장 운송장 订单 发票 快递 运单
";

const NEGATIVES: &str = "
    template templates parameter attribute column property variable verification verify confirmation confirm policy policies
    count counts counter total totals sum format formats pattern regex regexp required optional
    enabled disabled allowed valid invalid validation validator check checks checked is has had can should
    will must flag option options preference preferences setting settings config configuration
    send sending score limit max min
    maximum minimum length hash hashed digest checksum sha md5 encrypted encryption cipher masked
    redacted reset expires expired expiry history strength
    hint prompt placeholder domain provider service server host port url uri link href
    endpoint path file filename campaign category language lang locale timezone version error
    errors message reason description comment space model case brand visible attempts retries retry
    rule rules schema column type types kind status statuses state states available availability
    supported support match matches matching missing present exists found length
    index indexes indices quality accuracy precision radius unit units method methods mode scheme
    algorithm provider issuer network funding bin prefix suffix rate rates ratio percent percentage
    average avg median rank level levels tags tag notification notifications alert
    alerts marketing consent optin optout opt subscription frequency reminder reminders queue
    logo icon image picture avatar banner width height style css class classes component button
    label labels caption title titles heading tooltip lookup autocomplete suggestion
    suggestions distance size sizes duration interval timeout ttl budget price cost fee fees tax
    anzahl vorlage bestatigt bestaetigt aktiv gultig richtlinie statut modele verifie
    plantilla verificado tipo tipos cantidad politica modello verificato stato
    quantita politica verificado modelo quantidade aantal soort sjabloon geverifieerd liczba typ
    szablon zweryfikowany antal mall verifierad art
    種別 件数 テンプレート 状態 フラグ
";

const NEUTRALS: &str = "
    core fhir us
    m l ss ns data detail details info information infos attributes attrs properties props fields objects
    new old before after current previous newimage oldimage result
    results params parameters args input output meta raw original primary
    secondary main default personal private basic full work business alternate alternative
    preferred legal local international national str string val male female nonbinary man woman
    first second third other own self the of on for and or to from in at by my your our his her a an
    dto model state nm cd friendly interpreted resolved actual entered submitted provided captured
    demographics demographic bio about summary general extra extended additional
    temp temporary permanent last next best latest real official given registered public kana
    furigana kanji romaji latin phonetic roman clear plain plaintext
    querystring formdata claims traits identities value values list
    array entries entry map set items group de du des la le les el los del della di do da das dos
    van der den het een po na im am zum zur des
    daten angaben wert donnees informations coordonnees datos dati dados gegevens dane uppgifter
    neu alt nouveau nuevo nuovo novo nieuw nowy ny privat prive privado dienstlich geschaeftlich
    neue alte movil mobil portable cellulare fixe fijo fisso celular komorkowy
    情報 データ 詳細 自宅 勤務先 新 旧
";

/// Words that wrap a person's data like any other: `customer.request.email` is the customer's, but
/// `customer.request_id` is the request's.
const WRAPPERS: &str = "
    record records request response message messages payload body content contents entity entities
    view snapshot query header headers form envelope context
";

const IDS: &str = "
    id ids uuid guid identifier identifiers ref reference references arn sub oid pk sk hash sequence
    seq serial version build release firmware kennung referenz referencia riferimento key keys
";

const NUMBERS: &str = "
    number numbers no num nr nummer numero numer numerot nro bangou code 番号 コード
";

const VALUE_SLOTS: &str = "value values val s n text string answer stringvalue datavalue extension wert valeur valor valore waarde wartosc";

const NAME_SLOTS: &str = "name key attribute field label question property parameter header";

const TERRITORIES: &str = "
    country state province region county territory prefecture countrycode statecode ctry
    land bundesland pays departement pais provincia paese regione estado provincie woiwodztwo
    wojewodztwo kraj lan ken todoufuken kuni 国 都道府県 国名
    ulke zeme 국가 나라 国家 省 省份
";

const MARKS_OF_THINGS: &str = "
    sku price vat vatid taxnumber ein industry website slogan quantity qty unitprice stock
    headquarters founded employees barcode gtin ean upc manufacturer warranty weight currency
    homepage steuernummer preis menge prix quantite precio cantidad prezzo quantita preco
    quantidade prijs aantal cena ilosc pris antal kakaku 価格 数量
";
