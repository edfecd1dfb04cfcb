internal import Loyalty
internal import Tabular

/// Where the fields of an order line stand in one file, and how its numbers are read.
struct OrderFields {
    /// The numbers of a line.
    struct Line {
        var pieces: Int64 = 0
        var price: MinorUnits = 0
        var amount: MinorUnits = 0
        var tax: MinorUnits = 0
    }

    let columns: Columns
    let count: Int
    let id: Int
    let orderedAt: Columns.Place
    let card: Columns.Column
    let kind: Columns.Column
    let original: Columns.Column
    let system: Columns.Column
    let store: Columns.Column
    let channel: Columns.Column
    let terminal: Columns.Column
    let currency: Columns.Column
    /// Whether the file says anything of points paid.
    let hasPoints: Bool
    private let quantity: Columns.Place
    private let unitPrice: Int
    let lineAmount: Columns.Place
    private let taxAmount: Columns.Place
    private let pointsPaid: Columns.Place
    private let pointsDiscount: Columns.Place
    private let numbers: NumberFormat
    private let decimals: Int
    private let rejectsZeroQuantity: Bool
    /// Whether a line may leave its unit price out.
    private let mayLackPrice: Bool
    /// Fields that the lines of an order have in common.
    private let shared: [Int]
    /// Fields whose text is part of the content, beside those that are read as numbers.
    private let contentTexts: [Int]

    init(_ context: FileContext, header: CSVRecord) throws {
        columns = try context.columns(header)
        count = columns.fieldCount
        id = columns["order_id"].field
        guard id >= 0 else {
            throw FileRefusal(.missingColumn, "'\(context.layout.header(of: "order_id"))', line 1")
        }
        orderedAt = columns.place("ordered_at")
        quantity = columns.place("quantity")
        unitPrice = columns["unit_price"].field
        lineAmount = columns.place("line_amount")
        taxAmount = columns.place("tax_amount")
        pointsPaid = columns.place("points_paid")
        pointsDiscount = columns.place("points_discount")
        hasPoints = pointsPaid.isThere || pointsDiscount.isThere
        card = columns["card_code"]
        kind = columns["kind"]
        original = columns["original_order_id"]
        system = columns["system"]
        store = columns["store_id"]
        channel = columns["channel"]
        terminal = columns["terminal_id"]
        currency = columns["currency"]
        try context.checkSystem(system)
        numbers = context.numbers
        decimals = context.program.currency.decimals
        rejectsZeroQuantity = context.layout.zeroQuantity == .reject
        mayLackPrice = context.numbers.fraction != .exact
        var common = [card, kind, original, system, store, currency]
        if context.layout.orderKey.contains(.terminalID) { common.append(terminal) }
        shared = Set(common.map(\.field)).subtracting([-1]).sorted()
        let numeric: Set = [
            "order_id", "ordered_at", "quantity", "unit_price", "line_amount", "tax_amount",
            "line_no", "system",
        ]
        contentTexts = Set(
            context.layout.records.columns.filter { !numeric.contains($0.name) }
                .map { [columns] in columns[$0.name].field }.filter { $0 >= 0 }
        ).sorted()
    }

    /// Positions of the fields that tell orders apart, beside the day.
    func identity(_ key: [Layout.KeyPart]) -> [Int] {
        var fields = [id, system.field]
        if key.contains(.storeID) { fields.append(store.field) }
        if key.contains(.terminalID) { fields.append(terminal.field) }
        return fields.filter { $0 >= 0 }
    }

    /// Reads the numbers of a line; says what is wrong with them.
    func read(_ record: CSVRecord, _ line: inout Line) -> LineFlaw? {
        let pieces = wholeNumber(quantity.text(record), digits: 9)
        if let pieces, pieces != 0 || !rejectsZeroQuantity {
            line.pieces = pieces
        } else {
            let isNothing = pieces == 0 || columns.isNull(quantity.text(record))
            guard isNothing, sellsNothing(record) else {
                return LineFlaw(.quantityInvalid, quantity.field, reading: quantity.text(record))
            }
        }
        if unitPrice >= 0 {
            let text = record[unitPrice]
            if !(mayLackPrice && columns.isNull(text)) {
                guard let price = numbers.money(text, decimals: decimals) else {
                    return LineFlaw(.amountInvalid, unitPrice, reading: text)
                }
                line.price = price
            }
        }
        if let amount = numbers.money(lineAmount.text(record), decimals: decimals) {
            line.amount = amount
        } else {
            let isNothing = columns.isNull(lineAmount.text(record))
            guard isNothing, sellsNothing(record) else {
                return LineFlaw(
                    .amountInvalid, lineAmount.field, reading: lineAmount.text(record))
            }
        }
        if taxAmount.isThere, !columns.isNull(taxAmount.text(record)) {
            guard let tax = numbers.money(taxAmount.text(record), decimals: decimals) else {
                return LineFlaw(.amountInvalid, taxAmount.field, reading: taxAmount.text(record))
            }
            line.tax = tax
        }
        // Beyond it points would leave 64 bits; no till sells so much at once.
        let most = Currency.mostMinorUnits.magnitude
        guard line.amount.magnitude <= most else {
            return LineFlaw(.amountInvalid, lineAmount.field)
        }
        return line.tax.magnitude <= most ? nil : LineFlaw(.amountInvalid, taxAmount.field)
    }

    /// Whether the line's kind needs no goods: a void, or a type that never earns.
    private func sellsNothing(_ record: CSVRecord) -> Bool {
        let kind = columns.text(kind, record).flatMap { IncomingOrder.Kind($0) }
        return kind == .void || kind == .other
    }

    /// Reads what an order was paid with in points: on its first line; further lines may repeat it.
    func addPoints(_ record: CSVRecord, isFirst: Bool, to sums: inout OrderSums) -> LineFlaw? {
        var paid: Points = 0
        var discount: MinorUnits = 0
        let paidText = pointsPaid.text(record)
        if !columns.isNull(paidText) {
            guard let read = wholeNumber(paidText, digits: 12) else {
                return LineFlaw(.numberInvalid, pointsPaid.field, reading: paidText)
            }
            paid = abs(read)
        }
        let discountText = pointsDiscount.text(record)
        if !columns.isNull(discountText) {
            guard let read = numbers.money(discountText, decimals: decimals),
                read.magnitude <= Currency.mostMinorUnits.magnitude
            else {
                return LineFlaw(.amountInvalid, pointsDiscount.field, reading: discountText)
            }
            discount = abs(read)
        }
        if isFirst {
            sums.pointsPaid = paid
            sums.pointsDiscount = discount
        }
        guard paid == 0 || paid == sums.pointsPaid else {
            return LineFlaw(.amountInvalid, pointsPaid.field)
        }
        guard discount == 0 || discount == sums.pointsDiscount else {
            return LineFlaw(.amountInvalid, pointsDiscount.field)
        }
        return nil
    }

    /// The content of a line; `local` is its own time, where it has one.
    func content(_ record: CSVRecord, _ line: Line, _ local: LocalTime?) -> ContentHash {
        var hasher = LineHasher()
        hasher.combine(
            UInt64(bitPattern: line.amount),
            UInt64(bitPattern: Int64(local?.date.days ?? 0)) << 32
                | UInt64(UInt32(bitPattern: local?.second ?? 0)))
        hasher.combine(UInt64(bitPattern: line.pieces), UInt64(bitPattern: line.price))
        if taxAmount.field >= 0 { hasher.combine(UInt64(bitPattern: line.tax), 0) }
        for field in contentTexts { hasher.combine(record[field]) }
        return hasher.hash
    }

    /// Of the columns that lines have in common the first whose word is in no map.
    func unknownWord(_ record: CSVRecord) -> LineFlaw {
        let unknown = [card, kind, original, store, currency].first {
            columns.text($0, record) == nil
        }
        return LineFlaw(.valueUnknown, unknown?.field ?? -1)
    }

    /// Whether card, kind, original and store are written just as in a line that was found good.
    func areShared(_ record: CSVFields, _ other: CSVFields) -> Bool {
        for field in shared where record[field] != other[field] { return false }
        return true
    }
}
