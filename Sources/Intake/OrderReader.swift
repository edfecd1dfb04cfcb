internal import CScan
internal import Loyalty
internal import Storage
internal import Tabular

/// Reads order lines: closes each order as its lines end and keeps only what is left of it.
///
/// This is the path that every order line takes: bytes to integers, no String, no allocation a line.
///
/// Where header and lines come in two files it reads either of them: an order's row then makes a
/// header of its own, and the items of an order that stand together make its items.
final class OrderReader: RecordReading {
    /// What of an order the file holds.
    private enum Part { case whole, header, items }

    private let context: FileContext
    private let batch: OrderBatch
    private let runs: OrderRuns?
    private let halves: OrderHalves
    private let part: Part
    private let fields: OrderFields
    private let columns: Columns
    /// Positions of the fields that tell orders apart, beside the day.
    let identity: [Int]
    private let lastGoodDay: CivilDate
    private let earnOn: Program.EarnOn
    /// Whether tax earns nothing.
    private let leavesTaxOut: Bool

    /// All that the reader itself keeps: a header that is refused frees it as well, before there is a reader.
    private let texts = TextArena(blockBytes: 1 << 13)
    private let programCurrency: ByteText
    private let exampleID: ByteText
    private let syntax: CardSyntax
    private let key: ReceiptKey
    private let originalKey: ReceiptKey

    var refusals: [LineRefusal] = []
    private let ordersBefore: Int
    private let halvesBefore: Int
    private let amountsBefore: MinorUnits
    /// What the amounts of a night may come to, so that its points stay within 64 bits.
    private let largestNight: MinorUnits

    // The run of lines that is open, and what it came to so far.
    private var run = Run()
    /// The line before the next run may have been a part of it.
    private var refusesNext = false
    /// Line, and what is wrong with it (nil for a good one), of each line of the run.
    private var runLines: [(line: Int32, flaw: LineFlaw?)] = []
    private var runID: TextBuffer
    private var runCard: TextBuffer
    private var runOriginal: TextBuffer
    private var runStore: TextBuffer
    private var runTerminal: TextBuffer
    private var times: OrderTimes
    private var systemIndex: Int32 = -1
    private var systemName: TextBuffer
    /// As the file writes it, where it has such a column.
    private var ownSystem: TextBuffer
    /// The stores of the system; nil where all are good.
    private var stores: Set<ByteText>?

    /// The last good line of the run, where it is in the same batch.
    private var previous: CSVFields?
    /// Cards of the batch's orders that are not interned yet, and where the orders begin.
    private var cards: [ByteText] = []
    private var cardTexts = TextArena(blockBytes: 1 << 16)
    private var cardOrders: [Int32] = []
    /// Where store and channel are put together.
    private let placeText: UnsafeMutablePointer<UInt8>

    private struct Run {
        var isOpen = false
        var isRefused = false
        var hasTexts = false
        var mayBeExample = false
        var system: Int32 = 0
        var place: Int32 = -1
        var day = CivilDate(days: 0)
        var sums = OrderSums()
        var content = ContentHash()
    }

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.orders
        runs = batches.runs
        halves = batches.halves
        part =
            context.layout.records == .orderItems
            ? .items : context.layout.lines == .orderItems ? .header : .whole
        ordersBefore = runs?.total(batch) ?? batch.orders.count
        halvesBefore = halves.count
        amountsBefore = batch.amounts
        largestNight = context.program.largestNight
        runID = TextBuffer(in: texts)
        runCard = TextBuffer(in: texts)
        runOriginal = TextBuffer(in: texts)
        runStore = TextBuffer(in: texts)
        runTerminal = TextBuffer(in: texts)
        systemName = TextBuffer(in: texts)
        ownSystem = TextBuffer(in: texts)
        placeText = texts.reserve(2 * TextBuffer.capacity + 1)
        fields = try OrderFields(context, header: header)
        columns = fields.columns
        lastGoodDay = context.day.adding(days: 1)
        earnOn = context.program.earnOn
        leavesTaxOut = earnOn == .netOfTax
        key = ReceiptKey(context.layout.orderKey, in: texts)
        originalKey = ReceiptKey(context.layout.orderKey, in: texts)
        identity = fields.identity(context.layout.orderKey)
        programCurrency = texts.copy(context.program.currency.code)
        exampleID = texts.copy(context.layout.records.column("order_id")?.example ?? "")
        syntax = try CardSyntax(context.layout)
        times = try OrderTimes(context, system: fields.system.constant.string, in: texts)
        if part != .whole { halves.begin(context) }
    }

    func read(_ records: ArraySlice<CSVRecord>) throws {
        // The records of an earlier batch are gone.
        previous = nil
        for record in records { try read(record) }
        internCards()
        try runs?.relieve(batch)
    }

    func withdraw() {
        if let runs {
            runs.withdraw(to: ordersBefore, batch)
        } else {
            batch.removeOrders(from: ordersBefore)
        }
        batch.amounts = amountsBefore
        halves.cut(to: halvesBefore)
        refusals.removeAll()
        runLines.removeAll()
        run = Run()
        cards.removeAll()
        cardOrders.removeAll()
    }

    func withdrawKnown() {
        if part == .whole { return withdraw() }
        halves.forgetLines(since: halvesBefore)
        refusals.removeAll()
    }

    func finish() throws {
        try close()
        internCards()
    }

    // MARK: One line

    private func read(_ record: CSVRecord) throws {
        let text =
            fields.id < record.fieldCount
            ? record[fields.id] : ByteText(start: exampleID.start, count: 0)
        if let flaw = Reason(record.flaw), isUnreadable(text) {
            // It may be of the order before it or of the one behind it: neither can be taken as whole.
            guard context.layout.isContiguous else {
                throw FileRefusal(.unreadableLine, "line \(record.line)")
            }
            refusals.append(LineRefusal(line: Int32(record.line), reason: flaw))
            run.isRefused = true
            refusesNext = true
            return
        }
        if columns.isNull(text) || text.count > TextBuffer.capacity {
            // Nobody knows whose line it is: refused alone, and it ends no run.
            let own: Reason = columns.isNull(text) ? .orderIDMissing : .textTooLong
            let flaw =
                Reason(record.flaw).map { LineFlaw($0) }
                ?? (record.fieldCount == fields.count
                    ? LineFlaw(own, fields.id) : LineFlaw(.fieldCount))
            refusals.append(LineRefusal(line: Int32(record.line), flaw))
            return
        }
        if !run.isOpen || part == .header || !runID.holds(text) || isOfOtherSystem(record)
            || isOfOtherReceipt(record)
        {
            try close()
            previous = nil
            run.isOpen = true
            run.isRefused = refusesNext
            run.mayBeExample = text == exampleID
            try openSystem(record)
            runID.set(text)
        }
        // Between two lines of one order a damaged one was that order's.
        refusesNext = false
        let flaw = try judge(record)
        if flaw != nil { run.isRefused = true }
        runLines.append((Int32(record.line), flaw))
    }

    /// Whether a damaged line doesn't say whose it is.
    private func isUnreadable(_ id: ByteText) -> Bool {
        columns.isNull(id) || nightjar_is_text(id.start, id.count) == 0
    }

    /// Whether the line's own system ends the run: two systems may use one number.
    private func isOfOtherSystem(_ record: CSVRecord) -> Bool {
        guard fields.system.field >= 0, fields.system.field < record.fieldCount else {
            return false
        }
        return !ownSystem.holds(record[fields.system.field])
    }

    /// Whether the line is of another receipt of the same number; one that doesn't say is of this one.
    private func isOfOtherReceipt(_ record: CSVRecord) -> Bool {
        guard !key.isPlain, run.hasTexts, record.flaw == .none, record.fieldCount == fields.count
        else { return false }
        return key.parts.contains { part in
            switch part {
            case .orderID: return false
            case .businessDate:
                return times.day(fields.orderedAt.text(record)).map { $0 != run.day } ?? false
            case .storeID, .terminalID:
                let text = columns.text(
                    part == .storeID ? fields.store : fields.terminal, record)
                guard let text, !text.isEmpty else { return false }
                return !(part == .storeID ? runStore : runTerminal).holds(text)
            }
        }
    }

    /// Notes a run's own system, and reads its times as that system's zone says.
    private func openSystem(_ record: CSVRecord) throws {
        guard isOfOtherSystem(record) else { return }
        ownSystem.set(record[fields.system.field])
        try times.use(columns.text(fields.system, record)?.string ?? "")
    }

    /// Adds a line to the run; says what is wrong with it.
    private func judge(_ record: CSVRecord) throws -> LineFlaw? {
        if let reason = Reason(record.flaw) { return LineFlaw(reason) }
        guard record.fieldCount == fields.count else { return LineFlaw(.fieldCount) }
        if run.mayBeExample, columns.isExample(record) { return LineFlaw(.dummyRow) }
        var day = CivilDate(days: 0)
        if part != .items {
            let text = fields.orderedAt.text(record)
            guard let read = times.day(text) else {
                return LineFlaw(.orderedAtInvalid, fields.orderedAt.field, reading: text)
            }
            day = read
        }
        var line = OrderFields.Line()
        if part != .header, let flaw = fields.read(record, &line) { return flaw }
        let isFirst = !run.hasTexts
        if let flaw = try addTexts(record, day) { return flaw }
        if fields.hasPoints, let flaw = fields.addPoints(record, isFirst: isFirst, to: &run.sums) {
            return flaw
        }
        // An order that has passed the limit is refused, wherever further lines take its sums.
        let base = leavesTaxOut ? line.amount - line.tax : line.amount
        run.sums.net &+= line.amount
        run.sums.base &+= base
        if line.pieces < 0 { run.sums.returned &+= base }
        let most = Currency.mostMinorUnits.magnitude
        guard run.sums.net.magnitude <= most, run.sums.base.magnitude <= most,
            run.sums.returned.magnitude <= most
        else { return LineFlaw(.amountInvalid, fields.lineAmount.field) }
        run.content += fields.content(record, line, part == .items ? nil : times.lastLocal)
        previous = record.fields
        return nil
    }

    /// Card, kind, original and system: of the order's first line; the others must agree.
    private func addTexts(_ record: CSVRecord, _ day: CivilDate) throws -> LineFlaw? {
        if let previous, fields.areShared(record.fields, previous) { return nil }
        // The first line that is good so far: earlier ones of the order may be damaged.
        let isFirst = !run.hasTexts
        run.hasTexts = true
        if part == .items { return try isFirst ? open(day, record) : nil }
        guard let cardText = columns.text(fields.card, record),
            let kindText = columns.text(fields.kind, record),
            let originalText = columns.text(fields.original, record),
            let storeText = columns.text(fields.store, record),
            let currencyText = columns.text(fields.currency, record)
        else { return fields.unknownWord(record) }
        if storeText.isEmpty { return LineFlaw(.missingField, fields.store) }
        if isFirst, let flaw = try open(day, record) { return flaw }
        if isFirst, let flaw = setPlace(storeText, record) { return flaw }
        if let flaw = addPlace(record, storeText, isFirst) { return flaw }
        if !currencyText.isEmpty, currencyText != programCurrency {
            return LineFlaw(.unknownCurrency, fields.currency)
        }
        if isFirst || !runCard.holds(cardText) {
            // A line that leaves the card out belongs to the order's card all the same.
            if !isFirst, !cardText.isEmpty, !runCard.isEmpty {
                return LineFlaw(.ambiguousMember, fields.card)
            }
            if isFirst || !cardText.isEmpty {
                if let reason = syntax.flaw(of: cardText) { return LineFlaw(reason, fields.card) }
                runCard.set(cardText)
            }
        }
        if !originalText.isEmpty, runOriginal.isEmpty {
            guard originalText.count <= TextBuffer.capacity else {
                return LineFlaw(.textTooLong, fields.original)
            }
            if originalText.isSpreadsheetDamage {
                return LineFlaw(.spreadsheetDamage, fields.original)
            }
            runOriginal.set(originalText)
        }
        return addKind(kindText, isFirst)
    }

    /// What the order's first line says of the whole.
    private func open(_ day: CivilDate, _ record: CSVRecord) throws -> LineFlaw? {
        if runID.text.isSpreadsheetDamage { return LineFlaw(.spreadsheetDamage, fields.id) }
        if day > lastGoodDay { return LineFlaw(.dateInFuture, fields.orderedAt.field) }
        run.day = day
        guard let name = columns.text(fields.system, record), !name.isEmpty else {
            return LineFlaw(.systemMissing, fields.system)
        }
        if !systemName.holds(name) {
            guard name.count <= TextBuffer.capacity else {
                return LineFlaw(.textTooLong, fields.system)
            }
            guard context.knows(system: name) else {
                return LineFlaw(.systemUnknown, fields.system)
            }
            systemName.set(name)
            systemIndex = batch.system(named: name.string)
            stores = context.stores[name.string].map { names in
                Set(names.map { texts.copy($0) })
            }
        }
        run.system = systemIndex
        return nil
    }

    /// Store and channel, as the order's first line says them.
    private func setPlace(_ storeText: ByteText, _ record: CSVRecord) -> LineFlaw? {
        guard let channelText = columns.text(fields.channel, record) else {
            return LineFlaw(.valueUnknown, fields.channel)
        }
        guard storeText.count <= TextBuffer.capacity else {
            return LineFlaw(.textTooLong, fields.store)
        }
        guard channelText.count <= TextBuffer.capacity else {
            return LineFlaw(.textTooLong, fields.channel)
        }
        placeText.update(from: storeText.start, count: storeText.count)
        placeText[storeText.count] = OrderBatch.placeSeparator
        (placeText + storeText.count + 1).update(from: channelText.start, count: channelText.count)
        run.place = batch.places.intern(
            ByteText(start: placeText, count: storeText.count + 1 + channelText.count))
        return nil
    }

    /// Store and terminal.
    private func addPlace(
        _ record: CSVRecord, _ storeText: ByteText, _ isFirst: Bool
    ) -> LineFlaw? {
        if let stores, !stores.contains(storeText) { return LineFlaw(.unknownStore, fields.store) }
        guard !key.isPlain else { return nil }
        guard storeText.count <= TextBuffer.capacity else {
            return LineFlaw(.textTooLong, fields.store)
        }
        if isFirst { runStore.set(storeText) }
        guard key.parts.contains(.terminalID) else { return nil }
        guard let text = columns.text(fields.terminal, record) else {
            return LineFlaw(.valueUnknown, fields.terminal)
        }
        guard !text.isEmpty else { return LineFlaw(.missingField, fields.terminal) }
        guard text.count <= TextBuffer.capacity else {
            return LineFlaw(.textTooLong, fields.terminal)
        }
        if isFirst { runTerminal.set(text) }
        return nil
    }

    private func addKind(_ text: ByteText, _ isFirst: Bool) -> LineFlaw? {
        let kind = IncomingOrder.Kind(text)
        guard kind != nil || text.isEmpty else { return LineFlaw(.valueUnknown, fields.kind) }
        if isFirst { run.sums.kind = kind }
        return run.sums.kind == kind ? nil : LineFlaw(.valueUnknown, fields.kind)
    }

    // MARK: Lines that stand apart

    /// The day of a line, where it is part of the order's identity.
    func keyDay(_ record: CSVRecord) throws -> Int32 {
        guard key.parts.contains(.businessDate), record.flaw == .none,
            record.fieldCount == fields.count
        else { return 0 }
        try openSystem(record)
        return times.day(fields.orderedAt.text(record))?.days ?? Int32.min
    }

    // MARK: One order

    /// Ends the run: the order is accepted whole, or every line of it is refused.
    private func close() throws {
        guard run.isOpen else { return }
        defer {
            run = Run()
            runLines.removeAll(keepingCapacity: true)
            runCard.clear()
            runOriginal.clear()
        }
        guard !run.isRefused else { return try refuse() }
        let id = key.identity(
            order: runID.text, store: runStore.text, terminal: runTerminal.text, day: run.day)
        let original = originalKey.original(
            runOriginal.text, store: runStore.text, terminal: runTerminal.text)
        guard id.count <= TextBuffer.capacity, original.count <= TextBuffer.capacity else {
            return try refuse(.textTooLong)
        }
        // Of two halves the sums are known once both are there.
        if part == .whole, !batch.takes(run.sums, largestNight) {
            return try refuse(.amountInvalid)
        }
        // A half is packed at once.
        let texts = part == .whole ? batch.texts : cardTexts
        let text = texts.reserve(id.count + original.count)
        text.update(from: id.start, count: id.count)
        (text + id.count).update(from: original.start, count: original.count)
        var order = IncomingOrder(
            id: ByteText(start: text, count: id.count), originalCount: original.count,
            kind: .sale, system: run.system, card: -1, file: context.file,
            line: runLines[0].line, lineCount: Int32(runLines.count), date: run.day,
            net: run.sums.net, base: 0, content: run.content, place: run.place)
        let further = furtherLines(&order)
        guard part == .whole else {
            defer { cardTexts.removeAll() }
            return try halves.add(
                OrderHalf(
                    part: part == .header ? .header : .items, order: order, sums: run.sums,
                    furtherLines: further, card: runCard.text))
        }
        if !runCard.isEmpty {
            cards.append(cardTexts.copy(runCard.text))
            cardOrders.append(Int32(batch.orders.count))
        }
        batch.add(order, run.sums, further, earnOn: earnOn)
    }

    private func refuse(_ whole: Reason? = nil) throws {
        for (line, flaw) in runLines {
            refusals.append(
                LineRefusal(line: line, flaw ?? LineFlaw(whole ?? .orderHasRejectedLine)))
        }
        if part != .whole { try halves.add(refused: runID.text) }
    }

    /// Cuts an order's lines to those that follow its first one; gives the others.
    private func furtherLines(_ order: inout IncomingOrder) -> [OrderLines] {
        let last = runLines[runLines.count - 1].line
        if last - order.line + 1 == order.lineCount { return [] }
        var runs: [OrderLines] = []
        for (line, _) in runLines {
            if let end = runs.last, end.line + end.lineCount == line {
                runs[runs.count - 1].lineCount += 1
            } else {
                runs.append(OrderLines(file: context.file, line: line, lineCount: 1))
            }
        }
        order.lineCount = runs[0].lineCount
        return Array(runs.dropFirst())
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
