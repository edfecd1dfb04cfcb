/// Why a line was refused, in the words that files and reports use, with a hint what to do.
package enum Reason: UInt8, CaseIterable, Sendable {
    case fieldCount, orderIDMissing, orderedAtInvalid, quantityInvalid, amountInvalid
    case missingField, dateInvalid, numberInvalid, valueUnknown, unknownTier, dateInFuture
    case badEncoding, badQuote, lineTooLong, tooManyFields, spreadsheetDamage, ambiguousMember
    case orderHasRejectedLine, unknownMember, orderChanged, reusedReceipt, mergeCycle,
        systemMissing
    case textTooLong, systemUnknown
    case unknownStore, unknownCurrency, cardSyntax, dummyRow, orderWithoutItems, itemsWithoutOrder
    case badJSON
    case unknownReward, rewardInProgram, rewardInvalid, codeSyntax, alreadyExpired, alreadyBurned
    case codeVoided, keptInUse, unknownCode, doubleAssignment, notGiftCode, recordChanged
    case headerLine
    case otherReward, doubleBurn, foreignCard

    /// The word in files and reports.
    package var name: String {
        switch self {
        case .fieldCount: "field_count"
        case .orderIDMissing: "order_id_missing"
        case .orderedAtInvalid: "ordered_at_invalid"
        case .quantityInvalid: "quantity_invalid"
        case .amountInvalid: "amount_invalid"
        case .missingField: "missing_field"
        case .dateInvalid: "date_invalid"
        case .numberInvalid: "number_invalid"
        case .valueUnknown: "value_unknown"
        case .unknownTier: "unknown_tier"
        case .dateInFuture: "date_in_future"
        case .badEncoding: "bad_encoding"
        case .badQuote: "bad_quote"
        case .lineTooLong: "line_too_long"
        case .tooManyFields: "too_many_fields"
        case .spreadsheetDamage: "spreadsheet_damage"
        case .ambiguousMember: "ambiguous_member"
        case .orderHasRejectedLine: "order_has_rejected_line"
        case .unknownMember: "unknown_member"
        case .orderChanged: "order_changed"
        case .reusedReceipt: "reused_receipt"
        case .mergeCycle: "merge_cycle"
        case .systemMissing: "system_missing"
        case .textTooLong: "text_too_long"
        case .systemUnknown: "system_unknown"
        case .unknownStore: "unknown_store"
        case .unknownCurrency: "unknown_currency"
        case .cardSyntax: "card_syntax"
        case .dummyRow: "dummy_row"
        case .orderWithoutItems: "order_without_items"
        case .itemsWithoutOrder: "items_without_order"
        case .badJSON: "bad_json"
        case .unknownReward: "unknown_reward"
        case .rewardInProgram: "reward_in_program"
        case .rewardInvalid: "reward_invalid"
        case .codeSyntax: "code_syntax"
        case .alreadyExpired: "already_expired"
        case .alreadyBurned: "already_burned"
        case .codeVoided: "code_voided"
        case .keptInUse: "kept_in_use"
        case .unknownCode: "unknown_code"
        case .doubleAssignment: "double_assignment"
        case .notGiftCode: "not_a_gift_code"
        case .recordChanged: "record_changed"
        case .headerLine: "header_line"
        case .otherReward: "other_reward"
        case .doubleBurn: "double_burn"
        case .foreignCard: "foreign_card"
        }
    }

    /// What to do about it.
    package var hint: String {
        switch self {
        case .fieldCount: "the line has not as many fields as the header"
        case .orderIDMissing: "give the order's number"
        case .orderedAtInvalid: "write a real date and time as the layout says"
        case .quantityInvalid: "write a whole number that is not zero"
        case .amountInvalid:
            "write the amount in plain digits and marks as the layout and the currency say"
        case .missingField: "a field that must be there is empty"
        case .dateInvalid: "write a real date as the layout says"
        case .numberInvalid: "write a whole number"
        case .valueUnknown: "the word is not in the layout's values"
        case .unknownTier: "program.yaml has no tier of this name"
        case .dateInFuture: "the date lies more than a day after the file's"
        case .badEncoding: "the line is not in the layout's encoding, or holds a NUL"
        case .badQuote: "a quote is not closed, or text follows it"
        case .lineTooLong: "the line is longer than limits.line"
        case .tooManyFields: "the line has more fields than limits.fields"
        case .spreadsheetDamage: "a spreadsheet wrote over the field; export its column as text"
        case .ambiguousMember: "the card belongs to another member, or one order names two cards"
        case .orderHasRejectedLine: "another line of the order was refused; correct that one"
        case .unknownMember: "no members file named this card"
        case .orderChanged:
            "the order was accepted before with other content, and the job refuses changes"
        case .reusedReceipt:
            "the number was another order's; if receipts recycle, give the layout an order_key"
        case .mergeCycle: "these members are merged into one another; say which one stays"
        case .systemMissing: "neither file, name, job nor layout says which system it is"
        case .textTooLong: "an identity has at most 255 bytes"
        case .systemUnknown: "program.yaml names no such system"
        case .badJSON: "write one flat JSON object, each key once"
        case .unknownStore: "the stores of this system in program.yaml have no such store"
        case .unknownCurrency: "the program has another currency; amounts are never converted"
        case .cardSyntax: "the card is not written as the layout's card_pattern and check say"
        case .dummyRow: "the example row of the template; take it out"
        case .orderWithoutItems: "its items did not come in the same night; drop both again"
        case .itemsWithoutOrder: "their order did not come in the same night; drop both again"
        case .unknownReward: "no reward bears this id, in program.yaml or a rewards file"
        case .rewardInProgram: "program.yaml defines this reward; change it there"
        case .rewardInvalid: "the reward lacks what its type needs, or says what it may not"
        case .codeSyntax: "a code has no comma, quote or space, and is written as code_pattern says"
        case .alreadyExpired: "its last good day is past, so nobody could use it"
        case .alreadyBurned: "the code was used before"
        case .codeVoided: "the code was voided before"
        case .keptInUse: "a member has the code, or has used it; it is kept"
        case .unknownCode: "no file of codes named this code"
        case .doubleAssignment: "another member has the code"
        case .notGiftCode: "the code is of a reward that gives no points"
        case .recordChanged: "it was accepted before with other content; what was done stands"
        case .headerLine: "a header, where the layout has none; take it out"
        case .otherReward: "another reward of the same owner has this code; a code is of one reward"
        case .doubleBurn: "the code was used before; this discount is a loss, see exceptions.csv"
        case .foreignCard: "another member has the code, and the program refuses such burns"
        }
    }
}
