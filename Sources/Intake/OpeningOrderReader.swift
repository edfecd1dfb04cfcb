internal import Loyalty
internal import Tabular

/// Reads opening-orders lines.
final class OpeningOrderReader: LineReading {
    private let context: FileContext
    private let batch: OpeningBatch
    let columns: Columns
    private let before: Int
    private let system: Columns.Column
    private let order: Columns.Column
    private let card: Columns.Column
    private let orderedOn: Columns.Column
    private let netAmount: Columns.Column
    private let points: Columns.Column
    private let pattern: DatePattern
    private let numbers: NumberFormat
    private let syntax: CardSyntax
    private var systemName = ""
    private var systemIndex: Int32 = -1
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.opening
        before = batch.orders.count
        try context.checkOpening()
        columns = try context.columns(header)
        system = columns["system"]
        order = columns["order_id"]
        card = columns["card_code"]
        orderedOn = columns["ordered_on"]
        netAmount = columns["net_amount"]
        points = columns["points"]
        pattern = try context.pattern("ordered_on")
        numbers = context.numbers
        syntax = try CardSyntax(context.layout)
        try context.checkSystem(system)
    }

    func withdraw() {
        batch.orders.removeLast(batch.orders.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        let id = try columns.identity(order, record)
        guard !id.isEmpty else { throw LineFlaw(.orderIDMissing, order) }
        let systemText = try columns.value(system, record)
        guard !systemText.isEmpty else { throw LineFlaw(.systemMissing, system) }
        guard context.knows(system: systemText) else { throw LineFlaw(.systemUnknown, system) }
        let cardText = try syntax.read(card, record, columns)
        let dateText = try columns.value(orderedOn, record)
        guard let date = pattern(dateText)?.date else {
            throw LineFlaw(.orderedAtInvalid, orderedOn, reading: dateText)
        }
        let decimals = context.program.currency.decimals
        let netText = try columns.value(netAmount, record)
        guard let net = numbers.money(netText, decimals: decimals),
            abs(net) <= Currency.mostMinorUnits
        else { throw LineFlaw(.amountInvalid, netAmount, reading: netText) }
        let pointsText = try columns.value(points, record)
        guard let earned = pointsText.isEmpty ? 0 : wholeNumber(pointsText) else {
            throw LineFlaw(.numberInvalid, points, reading: pointsText)
        }
        if systemIndex < 0 || !systemText.equals(systemName) {
            systemName = systemText.string
            systemIndex = index(of: systemName)
        }
        batch.orders.append(
            OpeningOrder(
                system: systemIndex, id: batch.texts.copy(id), card: batch.texts.copy(cardText),
                date: date, net: net, points: earned, file: context.file, line: Int32(record.line)))
    }

    private func index(of name: String) -> Int32 {
        if let index = batch.systems.firstIndex(of: name) { return Int32(index) }
        batch.systems.append(name)
        return Int32(batch.systems.count - 1)
    }
}

extension ByteText {
    /// Whether the bytes are those of a string.
    fileprivate func equals(_ other: String) -> Bool {
        count == other.utf8.count
            && zip(UnsafeBufferPointer(start: start, count: count), other.utf8)
                .allSatisfy { $0 == $1 }
    }
}
