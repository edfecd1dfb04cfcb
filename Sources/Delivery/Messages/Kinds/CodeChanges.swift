extension Message {
    /// What a system must hear of a code; the register writes it, with all that there is to say of the code.
    ///
    /// What ends a code stands first: no system has two codes for one right.
    static let codeChanges = Message(
        .codeChanges, "what a system must hear of a code, which is told as it stands",
        [
            text("assigned_at", "when it was assigned, on the clocks of the program"),
            text("burned_at", "when it was used, on the clocks of the program"),
            text("card_code", "the card of the member whose it is"),
            .word(
                "change", ["add", "assign", "burn", "delete"],
                "json_extract(o.payload, '$.change')",
                "what the system is to do with the code"),
            json(.texts, "channels", "where it may be used; not there: everywhere"),
            .text("code", "o.subject", "the code"),
            json(.pairs, "custom_fields", "the custom fields of its reward"),
            text("expires_on", "the last day on which it is good"),
            text("min_purchase", "the least order that it is good for, in the program's currency"),
            .date("night", "o.night", "the business date whose night tells it"),
            text("percent", "the share of the amount that it takes off"),
            .number(
                "points", "json_extract(o.payload, '$.points')", "what a gift code is worth",
                optional: true),
            json(.texts, "product", "the products that it is for"),
            text("reward_id", "its reward"),
            .word(
                "state", ["available", "assigned", "burned", "expired", "voided"],
                "json_extract(o.payload, '$.state')", "how it stands in the register"),
            .text("system", "json_extract(o.payload, '$.system')", "the system that must know"),
            text("type", "the type of its reward"),
            text("valid_from", "the first day on which it is good"),
            text("value", "what it takes off, in the program's currency"),
        ],
        subject: "o.subject", key: ["o.key"],
        from: "outbox o", where: Parcelled.condition(Parcelled.codeKinds),
        order: "o.kind NOT IN ('code-burn', 'code-delete'), o.id")

    private static func text(_ name: String, _ about: String) -> Column {
        .text(name, "json_extract(o.payload, '$.\(name)')", about, optional: true)
    }

    private static func json(_ form: Form, _ name: String, _ about: String) -> Column {
        .of(form, name, "json_extract(o.payload, '$.\(name)')", about, optional: true)
    }
}

extension MessageKind {
    /// The kinds of rows that the register writes for an endpoint that is sent this.
    package var rowsOfRegister: [String] {
        // A stock of codes is told what is new.
        self == .codes ? ["code-add"] : Parcelled.kinds(self)
    }
}

/// Rows of the outbox that travel in a file, and the rows that name such files.
enum Parcelled {
    static let codeKinds = ["code-add", "code-assign", "code-burn", "code-delete"]

    /// The kinds of rows that a file of this kind of message is made of; none: of no rows.
    static func kinds(_ kind: MessageKind) -> [String] {
        switch kind {
        case .codeChanges: codeKinds
        case .replenishment: ["replenishment"]
        default: []
        }
    }

    /// Rows that wait for a file; the row of an earlier file is none.
    static func condition(_ kinds: [String]) -> String {
        // In the words of the index of what waits, or all that was ever sent is read.
        """
        o.endpoint = ?2 AND o.state IN ('pending', 'sending') AND o.state = 'pending' AND o.parcel IS NULL
            AND o.kind IN (\(kinds.map { "'\($0)'" }.joined(separator: ", ")))
            AND json_type(o.payload, '$.sha256') IS NULL
        """
    }
}
