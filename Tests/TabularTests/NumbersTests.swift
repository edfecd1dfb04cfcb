import Loyalty
import Tabular
import TestSupport
import Testing

/// Numbers as layouts write them: exact, never guessed.
@Suite struct NumbersTests {
    private let texts = Texts()

    private func money(_ text: String, _ format: NumberFormat = .init(), _ decimals: Int = 2)
        -> MinorUnits?
    {
        format.money(texts(text), decimals: decimals)
    }

    @Test(arguments: [
        ("0", 0), ("1", 100), ("1.5", 150), ("1.50", 150), ("-1.5", -150), ("-0", 0), ("007", 700),
        ("999999999999999.99", 99_999_999_999_999_999), ("-0.01", -1), ("0.10", 10),
    ])
    func `good amounts of two decimals`(text: String, minor: MinorUnits) {
        #expect(money(text) == minor)
    }

    @Test(arguments: [
        "", "-", "--1", "+1", "1.", ".5", ".", "-.5", "1..5", "1.5.0", "1,5", "1.505", "1.500",
        "1000000000000000", "9999999999999999.99", " 1", "1 ", "1e3", "1.5-", "NaN", "0x1", "١",
        "1\u{0}", "1,000.00", "\u{2212}1",
    ])
    func `bad amounts are no amounts`(text: String) {
        #expect(money(text) == nil)
    }

    @Test(arguments: [
        ("1,234.50", 123_450), ("1,234,567", 123_456_700), ("12,345.6", 1_234_560),
        ("-1,234", -123_400), ("123,456.78", 12_345_678), ("1234.50", 123_450), ("0", 0),
    ])
    func `thousands marks where they belong`(text: String, minor: MinorUnits) {
        #expect(money(text, NumberFormat(thousands: 44)) == minor)
    }

    @Test(arguments: [
        "1,23", "1,2345", "1234,567", "1,234567", ",123", "1,,234", "1,234,", "-,123", "1,234.5,6",
        "12,34,567", "1234,567.00", "1,234,56",
    ])
    func `thousands marks where they don't belong`(text: String) {
        #expect(money(text, NumberFormat(thousands: 44)) == nil)
    }

    @Test func `decimal comma with dots between thousands`() {
        let format = NumberFormat(decimal: 44, thousands: 46)
        #expect(money("1.234,50", format) == 123_450)
        #expect(money("1.234", format) == 123_400)
        #expect(money("1.5", format) == nil)
        #expect(money("1234.567", format) == nil)
    }

    @Test(arguments: [
        ("1.005", 101), ("1.004999", 100), ("-1.005", -101), ("-1.0049", -100), ("0.999", 100),
        ("2.5", 250), ("-0.004", 0), ("9.995000001", 1000),
    ])
    func `half_up rounds half away from zero`(text: String, minor: MinorUnits) {
        #expect(money(text, NumberFormat(fraction: .halfUp)) == minor)
    }

    @Test func `exact wants just the decimals of the currency`() {
        let exact = NumberFormat(fraction: .exact)
        #expect(money("1.50", exact) == 150)
        for text in ["1.5", "1", "1.500", "1.", ""] { #expect(money(text, exact) == nil) }
        #expect(money("7", exact, 0) == 7)
        #expect(money("7.0", exact, 0) == nil)
        #expect(money("7.125", exact, 3) == 7125)
    }

    /// Money once more, by text alone: nil unless the text has the form, then digit by digit.
    private func slowMoney(_ text: String, _ format: NumberFormat, _ decimals: Int) -> MinorUnits? {
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative { rest = rest.dropFirst() }
        let mark = Character(UnicodeScalar(format.decimal))
        let parts = rest.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.count == 1 || !parts[1].isEmpty else { return nil }
        var groups = [parts[0]]
        if let thousands = format.thousands {
            groups = parts[0].split(
                separator: Character(UnicodeScalar(thousands)), omittingEmptySubsequences: false
            ).map(String.init)
        }
        if groups.count > 1 {
            guard (1...3).contains(groups[0].count),
                groups.dropFirst().allSatisfy({ $0.count == 3 })
            else { return nil }
        }
        let whole = groups.joined()
        var fraction = parts.count == 2 ? parts[1] : ""
        let isDigits = (whole + fraction).allSatisfy { $0.isASCII && $0.isNumber }
        guard isDigits, (1...15).contains(whole.count) else { return nil }
        if format.fraction == .exact, fraction.count < decimals { return nil }
        if format.fraction != .halfUp, fraction.count > decimals { return nil }
        fraction += String(repeating: "0", count: decimals + 1)
        let digits = whole + fraction.prefix(decimals)
        let roundsUp = fraction.dropFirst(decimals).first.map { $0 >= "5" } ?? false
        let value = (Int64(digits) ?? 0) + (roundsUp ? 1 : 0)
        return isNegative ? -value : value
    }

    @Test(arguments: 0..<200) func `random texts are read as the slow model reads them`(seed: Int) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let format = NumberFormat(
                decimal: random.pick([46, 44]), thousands: random.pick([nil, 32, 39]),
                fraction: random.pick(NumberFormat.Fraction.allCases))
            let decimals = random.int(0...3)
            let alphabet = Array("0123456789012345678901234567890123456789.,-' ")
            var text = String((0..<random.int(0...12)).map { _ in random.pick(alphabet) })
            if random.oneIn(2) {
                text = "\(random.int(-9999...9999))"
                if random.oneIn(2) { text += random.pick([" ", "'"]) + "\(random.int(0...1100))" }
                if random.oneIn(2) { text += random.pick([".", ","]) + "\(random.int(0...1100))" }
            }
            #expect(
                money(text, format, decimals) == slowMoney(text, format, decimals),
                "seed \(seed): '\(text)' \(format) \(decimals)")
        }
    }

    @Test func `whole numbers`() {
        for (text, value) in [("0", 0), ("-0", 0), ("12", 12), ("-12", -12), ("0012", 12)] {
            #expect(wholeNumber(texts(text)) == Int64(value))
        }
        #expect(wholeNumber(texts("999999999999999")) == 999_999_999_999_999)
        #expect(wholeNumber(texts("-123456789"), digits: 9) == -123_456_789)
        for text in ["", "-", "+1", "1.0", "1 ", " 1", "--1", "1234567890123456", "1,000", "x"] {
            #expect(wholeNumber(texts(text)) == nil, "\(text)")
        }
        #expect(wholeNumber(texts("1234567890"), digits: 9) == nil)
    }
}
