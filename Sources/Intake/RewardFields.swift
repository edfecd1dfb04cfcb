internal import Loyalty
internal import Tabular

/// The fields of a rewards line, by column and form.
struct RewardFields {
    private let columns: Columns
    private let numbers: NumberFormat
    private let decimals: Int

    init(_ columns: Columns, _ context: FileContext) {
        self.columns = columns
        numbers = context.numbers
        decimals = context.program.currency.decimals
    }

    /// The fields of one line.
    func reading(_ record: CSVRecord) -> Reading { Reading(fields: self, record: record) }

    /// A number of points, which has at most 12 digits.
    static func points(_ text: String) -> Points? {
        guard text.utf8.count <= 13, let points = Int64(text), !text.hasPrefix("+") else {
            return nil
        }
        return points
    }

    struct Reading {
        fileprivate let fields: RewardFields
        fileprivate let record: CSVRecord

        func bytes(_ column: String) throws(LineFlaw) -> ByteText {
            try fields.columns.value(fields.columns[column], record)
        }

        /// Whether the line itself says something.
        func isInLine(_ column: String) -> Bool {
            let field = fields.columns[column].field
            return field >= 0 && !fields.columns.isNull(record[field])
        }

        func text(_ column: String) throws(LineFlaw) -> String { try bytes(column).string }

        /// A word of a list of them; nil where there is none.
        func word<Word: RawRepresentable<String>>(_ column: String) throws(LineFlaw) -> Word? {
            let text = try text(column)
            if text.isEmpty { return nil }
            guard let word = Word(rawValue: text) else { throw flaw(.valueUnknown, column) }
            return word
        }

        func boolean(_ column: String) throws(LineFlaw) -> Bool {
            switch try text(column) {
            case "true": true
            case "", "false": false
            default: throw flaw(.valueUnknown, column)
            }
        }

        func points(_ column: String) throws(LineFlaw) -> Points? {
            let text = try text(column)
            if text.isEmpty { return nil }
            guard let points = RewardFields.points(text) else { throw flaw(.numberInvalid, column) }
            return points
        }

        /// How many; nil where nothing is said or `none`, which are no limit.
        func count(_ column: String) throws(LineFlaw) -> Int? {
            let text = try bytes(column)
            if text.isEmpty || text.equals("none") { return nil }
            guard let count = wholeNumber(text, digits: 9) else {
                throw flaw(.numberInvalid, column)
            }
            return Int(count)
        }

        func money(_ column: String) throws(LineFlaw) -> MinorUnits? {
            let text = try bytes(column)
            if text.isEmpty { return nil }
            guard let amount = fields.numbers.money(text, decimals: fields.decimals),
                amount.magnitude <= Currency.mostMinorUnits.magnitude
            else { throw flaw(.amountInvalid, column) }
            return amount
        }

        /// Hundredths of a percent.
        func percent(_ column: String) throws(LineFlaw) -> Int? {
            let text = try bytes(column)
            if text.isEmpty { return nil }
            guard let percent = fields.numbers.money(text, decimals: 2) else {
                throw flaw(.amountInvalid, column)
            }
            return Int(percent)
        }

        /// What stands between semicolons, without the blanks around it.
        func list(_ column: String) throws(LineFlaw) -> [String] {
            var list: [String] = []
            for part in try text(column).split(separator: ";") {
                let item = Reading.trimmed(part)
                guard !list.contains(item) else { throw flaw(.valueUnknown, column) }
                if !item.isEmpty { list.append(item) }
            }
            return list
        }

        /// `key:value` between semicolons; a key stands once.
        func pairs(_ column: String) throws(LineFlaw) -> [(key: String, value: String)] {
            var pairs: [(key: String, value: String)] = []
            for item in try list(column) {
                let parts = item.split(
                    separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                let key = Reading.trimmed(parts[0])
                guard parts.count == 2, !key.isEmpty, !pairs.contains(where: { $0.key == key })
                else { throw flaw(.valueUnknown, column) }
                pairs.append((key, Reading.trimmed(parts[1])))
            }
            return pairs
        }

        private func flaw(_ reason: Reason, _ column: String) -> LineFlaw {
            LineFlaw(reason, fields.columns[column])
        }

        private static func trimmed(_ text: Substring) -> String {
            String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
