package import Settings
package import Tabular

/// How a system's file maps to a record kind.
///
/// Canonical columns that `columns` doesn't name bear their own name.
package struct Layout: Hashable, Sendable {
    /// What becomes of a line whose quantity is zero.
    package enum ZeroQuantity: String, CaseIterable, Sendable { case reject, accept }

    package enum Format: String, CaseIterable, Sendable {
        case csv
        case jsonLines = "jsonl"
    }

    /// Where the lines of an order stand.
    package enum Lines: String, CaseIterable, Sendable {
        /// In the file itself.
        case here
        /// In a file of the kind order-items; this one has a row an order.
        case orderItems = "order-items"
    }

    /// What is part of an order's identity beside its system.
    package enum KeyPart: String, CaseIterable, Sendable {
        case storeID = "store_id"
        case terminalID = "terminal_id"
        case businessDate = "business_date"
        case orderID = "order_id"
    }

    /// What a card's last digit must be.
    package enum Check: String, CaseIterable, Sendable { case ean13, luhn }

    /// The layout that needs no file.
    package static let canonicalName = "canonical"
    /// The pattern of a day where the layout gives none.
    package static let datePattern = "yyyy-MM-dd"
    /// The pattern of a day and its time where the layout gives none.
    package static let timePattern = "yyyy-MM-dd'T'HH:mm:ss"

    package var name: String
    package var records: RecordKind
    package var format = Format.csv
    package var encoding = TextEncoding.utf8
    /// Whether the first line names the columns; without it `columns` gives their positions, from 1.
    package var hasHeader = true
    /// The ASCII byte between two fields.
    package var delimiter = UInt8(ascii: ",")
    /// The ASCII byte before the decimals.
    package var decimal = UInt8(ascii: ".")
    /// The ASCII byte between thousands; nil where there is none.
    package var thousands: UInt8?
    /// Date patterns by canonical column, only those that the layout gives.
    package var dates: [String: String] = [:]
    /// The IANA zone of every time; nil is the program's.
    package var timezone: String?
    /// Zones of single canonical columns.
    package var timezones: [String: String] = [:]
    /// Header names by canonical column, only those that differ.
    package var columns: [String: String] = [:]
    /// Other header names of canonical columns, where a system writes one or the other.
    var aliases: [String: [String]] = [:]
    /// By canonical column, what its words mean; the word `*` stands for every other one, and leaves it as it is
    /// where it means `*`.
    package var values: [String: [String: String]] = [:]
    /// Texts that mean 'nothing here'.
    package var nulls: [String] = ["", "NULL", "0000-00-00 00:00:00"]
    /// Texts of a date that mean 'no end'.
    package var never: [String] = ["9998-12-31 00:00:00"]
    /// Columns that are the same in every record of the file.
    package var constants: [String: String] = [:]
    /// The last line of its files, which says what the others come to.
    package var trailer: Trailer?
    /// The name of the marker beside its files; `NAME.done` is one in any case.
    package var marker: MarkerName?
    /// Whether the lines of an order stand together.
    package var isContiguous = true
    package var lines = Lines.here
    /// The parts of an order's identity, in its order; the order's own number alone is the default.
    package var orderKey: [KeyPart] = [.orderID]
    /// A regular expression that the whole of a card must match.
    package var cardPattern: String?
    package var check: Check?
    /// A regular expression that the whole of a code must match.
    package var codePattern: String?
    package var zeroQuantity = ZeroQuantity.reject
    package var fraction = NumberFormat.Fraction.reject
    /// Where its file names it; nil for one that needs no file.
    package var location: SettingsLocation?

    package init(name: String, records: RecordKind) {
        self.name = name
        self.records = records
    }

    /// The layout of a file that has the canonical columns and forms.
    package static func canonical(_ records: RecordKind) -> Layout {
        Layout(name: canonicalName, records: records)
    }

    /// The header name of a canonical column.
    package func header(of column: String) -> String { columns[column] ?? column }

    /// Whether there is no record without a column.
    package func needs(_ column: RecordColumn) -> Bool {
        column.isMandatory
            && (lines == .here || !["quantity", "line_amount"].contains(column.name))
    }

    /// The date pattern of a canonical column; nil for one that is no date.
    package func datePattern(of column: String) -> String? {
        switch records.column(column)?.form {
        case .date: dates[column] ?? Layout.datePattern
        case .time: dates[column] ?? Layout.timePattern
        default: nil
        }
    }

    /// The zone of a canonical column; nil is the program's.
    package func zone(of column: String) -> String? { timezones[column] ?? timezone }
}
