internal import CScan
internal import Loyalty
package import Tabular

/// Reads order lines: closes each order as its lines end and keeps only what is left of it.
///
/// This is the path that every order line takes: bytes to integers, no String, no allocation a line.
package final class OrderReader: RecordReading {
    private let context: FileContext
    private let batch: OrderBatch
    private let columns: Columns
    private let fieldCount: Int
    private let decimals: Int
    private let numbers: NumberFormat
    private let pattern: DatePattern
    private let rejectsZeroQuantity: Bool
    private let lastGoodDay: CivilDate
    private let earnsNetOfTax: Bool

    private let id: Int
    private let orderedAt: Int
    private let quantity: Int
    private let unitPrice: Int
    private let lineAmount: Int
    private let taxAmount: Int
    private let card: Columns.Column
    private let kind: Columns.Column
    private let original: Columns.Column
    private let system: Columns.Column
    private let store: Columns.Column
    private let channel: Columns.Column
    /// Fields that the lines of an order have in common.
    private let sharedFields: [Int]
    /// Fields whose text is part of the content, beside those that are read as numbers.
    private let contentTexts: [Int]

    package private(set) var refusals: [LineRefusal] = []
    private let ordersBefore: Int
    private let amountsBefore: MinorUnits
    /// What the amounts of a night may come to, so that its points stay within 64 bits.
    private let largestNight: MinorUnits

    // The run of lines that is open, and what it came to so far.
    private var run = Run()
    /// The line before the next run may have been a part of it.
    private var refusesNext = false
    /// Line, and why it is refused (nil for a good one), of each line of the run.
    private var runLines: [(line: Int32, reason: Reason?)] = []
    private var runID: UnsafeMutablePointer<UInt8>
    private var runCard: UnsafeMutablePointer<UInt8>
    private var runOriginal: UnsafeMutablePointer<UInt8>
    private var times: LocalTimes
    private var systemIndex: Int32 = -1
    private var systemName: UnsafeMutablePointer<UInt8>
    private var systemCount = -1
    // As the file writes it, where it has such a column.
    private var ownSystem: UnsafeMutablePointer<UInt8>
    private var ownSystemCount = 0
    private var timesOfSystem: [String: LocalTimes] = [:]
    // The last time that was read: the lines of an order mostly share it.
    private var lastTime: UnsafeMutablePointer<UInt8>
    private var lastTimeCount = -1
    private var lastLocal = LocalTime(date: CivilDate(days: 0), second: 0, offsetMinutes: nil)
    private var lastDay = CivilDate(days: 0)

    /// The last good line of the run, where it is in the same batch.
    private var previous: CSVRecord?
    /// Cards of the batch's orders that are not interned yet, and where the orders begin.
    private var cards: [ByteText] = []
    private var cardTexts = TextArena(blockBytes: 1 << 16)
    private var cardOrders: [Int32] = []
    private var placeText: [UInt8] = []

    private static let maxTextBytes = 255

    private struct Run {
        var isOpen = false
        var isRefused = false
        var hasTexts = false
        var idCount = 0
        var cardCount = 0
        var originalCount = 0
        var kind: IncomingOrder.Kind?
        var system: Int32 = 0
        var place: Int32 = -1
        var day = CivilDate(days: 0)
        var net: MinorUnits = 0
        var base: MinorUnits = 0
        var content = ContentHash()
    }

    package init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.orders
        ordersBefore = batch.orders.count
        amountsBefore = batch.amounts
        largestNight = context.program.largestNight
        columns = try context.columns(header)
        fieldCount = columns.fieldCount
        decimals = context.program.currency.decimals
        numbers = context.numbers
        pattern = try context.pattern("ordered_at")
        rejectsZeroQuantity = context.layout.zeroQuantity == .reject
        lastGoodDay = context.day.adding(days: 1)
        earnsNetOfTax = context.program.earnOn == .netOfTax
        id = columns["order_id"].field
        orderedAt = columns["ordered_at"].field
        quantity = columns["quantity"].field
        unitPrice = columns["unit_price"].field
        lineAmount = columns["line_amount"].field
        taxAmount = columns["tax_amount"].field
        card = columns["card_code"]
        kind = columns["kind"]
        original = columns["original_order_id"]
        system = columns["system"]
        store = columns["store_id"]
        channel = columns["channel"]
        for name in ["order_id", "ordered_at", "quantity", "line_amount"]
        where columns[name].field < 0 {
            throw FileRefusal(.missingColumn, "'\(context.layout.header(of: name))', line 1")
        }
        try context.checkSystem(system)
        let numeric: Set = [
            "order_id", "ordered_at", "quantity", "unit_price", "line_amount", "tax_amount",
            "line_no", "system",
        ]
        sharedFields = Set([card, kind, original, store, system].map(\.field)).subtracting([-1])
            .sorted()
        contentTexts = Set(
            context.layout.records.columns.filter { !numeric.contains($0.name) }
                .map { [columns] in columns[$0.name].field }.filter { $0 >= 0 }
        ).sorted()
        func buffer() -> UnsafeMutablePointer<UInt8> {
            .allocate(capacity: OrderReader.maxTextBytes)
        }
        (runID, runCard, runOriginal) = (buffer(), buffer(), buffer())
        (systemName, lastTime, ownSystem) = (buffer(), buffer(), buffer())
        times = try context.times("ordered_at", system: system.constant.string)
    }

    deinit {
        for buffer in [runID, runCard, runOriginal, systemName, lastTime, ownSystem] {
            buffer.deallocate()
        }
    }

    package func read(_ records: ArraySlice<CSVRecord>) throws {
        // The records of an earlier batch are gone.
        previous = nil
        for record in records { try read(record) }
        internCards()
    }

    package func withdraw() {
        batch.orders.removeLast(batch.orders.count - ordersBefore)
        batch.amounts = amountsBefore
        refusals.removeAll()
        runLines.removeAll()
        run = Run()
        cards.removeAll()
        cardOrders.removeAll()
    }

    package func finish() throws {
        close()
        internCards()
    }

    // MARK: One line

    private func read(_ record: CSVRecord) throws {
        let text = id < record.fieldCount ? record[id] : ByteText(start: runID, count: 0)
        if let flaw = Reason(record.flaw), isUnreadable(text) {
            // It may be of the order before it or of the one behind it: neither can be taken as whole.
            refusals.append(LineRefusal(line: Int32(record.line), reason: flaw))
            run.isRefused = true
            refusesNext = true
            return
        }
        if columns.isNull(text) || text.count > OrderReader.maxTextBytes {
            // Nobody knows whose line it is: refused alone, and it ends no run.
            let reason: Reason =
                Reason(record.flaw)
                ?? (record.fieldCount != fieldCount
                    ? .fieldCount
                    : text.isEmpty || columns.isNull(text) ? .orderIDMissing : .textTooLong)
            refusals.append(LineRefusal(line: Int32(record.line), reason: reason))
            return
        }
        if !run.isOpen || ByteText(start: runID, count: run.idCount) != text
            || isOfOtherSystem(record)
        {
            close()
            previous = nil
            run.isOpen = true
            run.isRefused = refusesNext
            try openSystem(record)
            run.idCount = text.count
            runID.update(from: text.start, count: text.count)
        }
        // Between two lines of one order a damaged one was that order's.
        refusesNext = false
        let reason = try judge(record)
        if reason != nil { run.isRefused = true }
        runLines.append((Int32(record.line), reason))
    }

    /// Whether a damaged line doesn't say whose it is.
    private func isUnreadable(_ id: ByteText) -> Bool {
        columns.isNull(id) || nightjar_is_text(id.start, id.count) == 0
    }

    /// Whether the line's own system ends the run: two systems may use one number.
    private func isOfOtherSystem(_ record: CSVRecord) -> Bool {
        guard system.field >= 0, system.field < record.fieldCount else { return false }
        return record[system.field] != ByteText(start: ownSystem, count: ownSystemCount)
    }

    /// Notes a run's own system, and reads its times as that system's zone says.
    private func openSystem(_ record: CSVRecord) throws {
        guard isOfOtherSystem(record) else { return }
        let text = record[system.field]
        ownSystemCount = min(text.count, OrderReader.maxTextBytes)
        ownSystem.update(from: text.start, count: ownSystemCount)
        let name = columns.text(system, record)?.string ?? ""
        if timesOfSystem[name] == nil {
            timesOfSystem[name] = try context.times("ordered_at", system: name)
        }
        times = timesOfSystem[name] ?? times
        // The same text may be another day there.
        lastTimeCount = -1
    }

    /// Adds a line to the run; says why it is refused.
    private func judge(_ record: CSVRecord) throws -> Reason? {
        if let reason = Reason(record.flaw) { return reason }
        guard record.fieldCount == fieldCount else { return .fieldCount }
        guard let day = day(record[orderedAt]) else { return .orderedAtInvalid }
        guard let pieces = wholeNumber(record[quantity], digits: 9),
            pieces != 0 || !rejectsZeroQuantity
        else { return .quantityInvalid }
        var price: MinorUnits = 0
        if unitPrice >= 0 {
            let text = record[unitPrice]
            if numbers.fraction == .exact || !columns.isNull(text) {
                guard let read = numbers.money(text, decimals: decimals) else {
                    return .amountInvalid
                }
                price = read
            }
        }
        guard let amount = numbers.money(record[lineAmount], decimals: decimals) else {
            return .amountInvalid
        }
        var tax: MinorUnits = 0
        if taxAmount >= 0, !columns.isNull(record[taxAmount]) {
            guard let read = numbers.money(record[taxAmount], decimals: decimals) else {
                return .amountInvalid
            }
            tax = read
        }
        if let reason = try addTexts(record, day) { return reason }
        // Beyond it points would leave 64 bits; no till sells so much at once.
        let most = Currency.mostMinorUnits.magnitude
        guard amount.magnitude <= most, tax.magnitude <= most else { return .amountInvalid }
        // An order that has passed the limit is refused, wherever further lines take its sums.
        run.net &+= amount
        run.base &+= earnsNetOfTax ? amount - tax : amount
        guard run.net.magnitude <= most, run.base.magnitude <= most else { return .amountInvalid }
        hash(record, pieces, price, amount, tax)
        previous = record
        return nil
    }

    private func hash(
        _ record: CSVRecord, _ pieces: Int64, _ price: MinorUnits, _ amount: MinorUnits,
        _ tax: MinorUnits
    ) {
        var hasher = LineHasher()
        hasher.combine(
            UInt64(bitPattern: amount),
            UInt64(bitPattern: Int64(lastLocal.date.days)) << 32
                | UInt64(UInt32(bitPattern: lastLocal.second)))
        hasher.combine(UInt64(bitPattern: pieces), UInt64(bitPattern: price))
        if taxAmount >= 0 { hasher.combine(UInt64(bitPattern: tax), 0) }
        for field in contentTexts { hasher.combine(record[field]) }
        run.content += hasher.hash
    }

    /// The day of an order, in the program's zone.
    private func day(_ text: ByteText) -> CivilDate? {
        if text.count == lastTimeCount, ByteText(start: lastTime, count: lastTimeCount) == text {
            return lastDay
        }
        guard let local = pattern(text) else { return nil }
        lastLocal = local
        lastDay = times.day(local)
        if text.count <= OrderReader.maxTextBytes {
            lastTime.update(from: text.start, count: text.count)
            lastTimeCount = text.count
        }
        return lastDay
    }

    /// Card, kind, original and system: of the order's first line; the others must agree.
    private func addTexts(_ record: CSVRecord, _ day: CivilDate) throws -> Reason? {
        if let previous, sharesTexts(record, previous) { return nil }
        guard let cardText = columns.text(card, record),
            let kindText = columns.text(kind, record),
            let originalText = columns.text(original, record)
        else { return .valueUnknown }
        // The first line that is good so far: earlier ones of the order may be damaged.
        let isFirst = !run.hasTexts
        run.hasTexts = true
        if store.field >= 0, columns.isNull(record[store.field]) { return .missingField }
        if isFirst {
            if ByteText(start: runID, count: run.idCount).isSpreadsheetDamage {
                return .spreadsheetDamage
            }
            if day > lastGoodDay { return .dateInFuture }
            run.day = day
            if let reason = try setSystem(record) { return reason }
            if let reason = setPlace(record) { return reason }
        }
        if isFirst || ByteText(start: runCard, count: run.cardCount) != cardText {
            // A line that leaves the card out belongs to the order's card all the same.
            if !isFirst, !cardText.isEmpty, run.cardCount > 0 { return .ambiguousMember }
            if isFirst || !cardText.isEmpty {
                guard cardText.count <= OrderReader.maxTextBytes else { return .textTooLong }
                if cardText.isSpreadsheetDamage { return .spreadsheetDamage }
                runCard.update(from: cardText.start, count: cardText.count)
                run.cardCount = cardText.count
            }
        }
        if !originalText.isEmpty, run.originalCount == 0 {
            guard originalText.count <= OrderReader.maxTextBytes else { return .textTooLong }
            runOriginal.update(from: originalText.start, count: originalText.count)
            run.originalCount = originalText.count
        }
        return addKind(kindText, isFirst)
    }

    /// Whether card, kind, original and store are written just as in a line that was found good.
    private func sharesTexts(_ record: CSVRecord, _ other: CSVRecord) -> Bool {
        for field in sharedFields where record[field] != other[field] { return false }
        return true
    }

    private func addKind(_ text: ByteText, _ isFirst: Bool) -> Reason? {
        let kind: IncomingOrder.Kind?
        if text.isEmpty {
            kind = nil
        } else if text.equals("sale") {
            kind = .sale
        } else if text.equals("return") {
            kind = .return
        } else {
            return .valueUnknown
        }
        if isFirst { run.kind = kind }
        return run.kind == kind ? nil : .valueUnknown
    }

    private func setSystem(_ record: CSVRecord) throws -> Reason? {
        guard let name = columns.text(system, record), !name.isEmpty else { return .systemMissing }
        if systemCount != name.count || ByteText(start: systemName, count: systemCount) != name {
            guard name.count <= OrderReader.maxTextBytes else { return .textTooLong }
            guard context.knows(system: name) else { return .systemUnknown }
            systemName.update(from: name.start, count: name.count)
            systemCount = name.count
            systemIndex = batch.system(named: name.string)
        }
        run.system = systemIndex
        return nil
    }

    /// Store and channel, as the order's first line says them.
    private func setPlace(_ record: CSVRecord) -> Reason? {
        guard let storeText = columns.text(store, record),
            let channelText = columns.text(channel, record)
        else { return .valueUnknown }
        let most = OrderReader.maxTextBytes
        guard storeText.count <= most, channelText.count <= most else { return .textTooLong }
        placeText.removeAll(keepingCapacity: true)
        placeText.append(
            contentsOf: UnsafeBufferPointer(start: storeText.start, count: storeText.count))
        placeText.append(OrderBatch.placeSeparator)
        placeText.append(
            contentsOf: UnsafeBufferPointer(start: channelText.start, count: channelText.count))
        run.place = placeText.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map {
                batch.places.intern(ByteText(start: $0, count: bytes.count))
            } ?? -1
        }
        return nil
    }

    // MARK: One order

    /// Ends the run: the order is accepted whole, or every line of it is refused.
    private func close() {
        guard run.isOpen else { return }
        defer {
            run = Run()
            runLines.removeAll(keepingCapacity: true)
        }
        if !run.isRefused { take() }
        if run.isRefused {
            for (line, reason) in runLines {
                refusals.append(
                    LineRefusal(line: line, reason: reason ?? .orderHasRejectedLine))
            }
            return
        }
        let text = batch.texts.reserve(run.idCount + run.originalCount)
        text.update(from: runID, count: run.idCount)
        (text + run.idCount).update(from: runOriginal, count: run.originalCount)
        if run.cardCount > 0 {
            cards.append(cardTexts.copy(ByteText(start: runCard, count: run.cardCount)))
            cardOrders.append(Int32(batch.orders.count))
        }
        batch.orders.append(
            IncomingOrder(
                id: ByteText(start: text, count: run.idCount), originalCount: run.originalCount,
                kind: run.kind ?? (run.net < 0 ? .return : .sale), system: run.system, card: -1,
                file: context.file, line: runLines[0].line, lineCount: Int32(runLines.count),
                date: run.day, net: run.net, base: run.base, content: run.content,
                place: run.place))
    }

    /// Refuses an order whose amounts would take the night's sums beyond 64 bits.
    private func take() {
        let amount = max(abs(run.net), abs(run.base))
        if amount <= largestNight - batch.amounts {
            batch.amounts += amount
            return
        }
        run.isRefused = true
        for index in runLines.indices { runLines[index].reason = .amountInvalid }
    }

    /// Gives the orders of a batch their cards, all at once: one by one each would wait for memory.
    private func internCards() {
        batch.cards.intern(cards) {
            nightjar_prefetch($0)
        } each: { index, card in
            batch.orders[Int(cardOrders[index])].card = card
        }
        cards.removeAll(keepingCapacity: true)
        cardOrders.removeAll(keepingCapacity: true)
        cardTexts.removeAll()
    }
}
