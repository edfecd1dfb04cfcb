internal import ArgumentParser
internal import Foundation
internal import Loyalty
internal import Runner

/// How messages are written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument { case text, json }

/// Messages on standard error: a line each as text, or as one JSON object.
struct Log {
    let format: LogFormat
    let least: RunMessage.Level

    private struct Line: Encodable {
        var time: String
        var level: String
        var message: String
        var night: String?
        var job: String?
        var file: String?
    }

    /// Writes a message, unless only graver ones are asked for.
    func write(_ message: RunMessage) {
        guard message.level >= least else { return }
        switch format {
        case .text:
            printError("nightjar: \(message.text)")
        case .json:
            let line = Line(
                time: Date(timeIntervalSince1970: Double(now())).ISO8601Format(),
                level: message.level.rawValue, message: message.text,
                night: message.night.map { "\($0)" }, job: message.job, file: message.file)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let data = try? encoder.encode(line) else { return }
            FileHandle.standardError.write(data + Data("\n".utf8))
        }
    }
}
