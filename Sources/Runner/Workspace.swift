internal import Foundation
package import Intake
package import Loyalty
internal import Reporting

/// A folder that holds one program: its configuration, its store, and the folders that files move through.
package struct Workspace {
    package let folder: String
    package let settings: WorkspaceSettings
    /// Where files come in; `WORKSPACE/inbox` unless another is named.
    package let inboxFolder: String?
    /// Bytes that a night's orders may take before they are sorted on disk.
    package var orderBytes: Int
    /// Bytes that sorting one file may take.
    package var sortBytes: Int
    /// How many bytes are free where a path is; nil where nobody says.
    package var freeBytes: (String) -> Int? = DiskRoom.free

    /// Reads and judges the configuration.
    ///
    /// - Throws: `SettingsErrors`, or `RunnerError` where the folder is no workspace or unsafe.
    package init(folder: String, inbox: String? = nil) throws {
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw RunnerError.configuration(
                "\(folder): there is no such folder; make a workspace with: nightjar init \(folder)"
            )
        }
        guard FileManager.default.fileExists(atPath: folder + "/" + ProgramFile.name) else {
            throw RunnerError.configuration(
                "\(folder): there is no \(ProgramFile.name); make a workspace with: nightjar init DIR"
            )
        }
        guard status.st_mode & S_IWOTH == 0 else {
            throw RunnerError.configuration(
                "\(folder): anybody can write to this workspace; points are money: chmod o-w \(folder)"
            )
        }
        if let path = Workspace.openSettings(in: folder) {
            throw RunnerError.configuration(
                "\(path): anybody can write to it; points are money: chmod o-w \(path)")
        }
        self.folder = folder
        inboxFolder = inbox
        settings = try WorkspaceSettings(folder: folder)
        orderBytes = settings.program.limits.orderBytes
        sortBytes = settings.program.limits.sortBytes
    }

    /// Refuses to begin a new store where nights have run by another: all that it knew would be lost, and the reports with it.
    func checkStore() throws {
        guard !FileManager.default.fileExists(atPath: storePath) else { return }
        for name in ["archive", "reports"] {
            let nights = try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + name)
            guard let night = nights?.filter({ CivilDate($0) != nil }).max() else { continue }
            throw RunnerError.configuration(
                "\(storePath): there is no store, but the night of \(night) has left \(name)/\(night): put the "
                    + "last good copy of it in its place, or move archive and reports away to begin anew"
            )
        }
    }

    /// The first of the settings that anybody can write to, whoever may write to the workspace itself.
    private static func openSettings(in folder: String) -> String? {
        var paths = [ProgramFile.name, "endpoints.yaml"].map { folder + "/" + $0 }
        for name in ["Jobs", "layouts"] {
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + name)
            paths +=
                [folder + "/" + name] + (files ?? []).sorted().map { "\(folder)/\(name)/\($0)" }
        }
        return paths.first { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IWOTH != 0
        }
    }

    package var program: Program { settings.program.program }
    /// The calendar and clocks of the program's zone.
    package var clock: ProgramClock { ProgramClock(zone: program.timezone) }
    package var storePath: String { folder + "/nightjar.db" }
    package var reportsFolder: String { folder + "/reports" }
    /// The reports of all nights, made within the memory that a night may take.
    var reports: ReportFolder {
        ReportFolder(
            reports: reportsFolder, sortBytes: sortBytes,
            isThrifty: settings.program.limits.isThrifty)
    }
    package var inbox: Inbox { Inbox(workspace: folder, folder: inboxFolder) }

    /// The folder of a night's refused lines.
    package func rejectsFolder(of night: CivilDate) -> String { folder + "/rejects/\(night)" }

    package var fileLimits: FileIngest.Limits {
        let limits = settings.program.limits
        return FileIngest.Limits(
            expansion: ExpansionLimits(bytes: limits.expandedBytes, ratio: limits.expansionRatio),
            lineBytes: limits.lineBytes, fieldCount: limits.fieldCount)
    }

    /// When a night should have ended: seconds since 1970.
    package func end(of night: CivilDate) -> Int {
        clock.instant(night.adding(days: 1), minutes: settings.program.night.untilMinutes)
    }

    /// When nights run: `nights run from 02:30 to 07:00 (Europe/Paris)`.
    package var nightText: String {
        let night = settings.program.night
        return "nights run from " + ProgramClock.text(minutes: night.startsMinutes) + " to "
            + ProgramClock.text(minutes: night.untilMinutes) + " (\(program.timezone))"
    }

    /// The last day that has ended in the program's zone.
    package func yesterday(now: Int) -> CivilDate {
        clock.local(at: now).day.adding(days: -1)
    }
}
