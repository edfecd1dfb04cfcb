// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

func module(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "nightjar",
    products: [.executable(name: "nightjar", targets: ["nightjar"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CRename"),
        .target(name: "CScan"),
        module("Loyalty", []),
        module("Tabular", ["Loyalty", "CScan"]),
        module("Settings", [yams]),
        module("Storage", ["Loyalty", grdb, sqlite, "CCrypto"]),
        module(
            "Intake",
            [
                "Loyalty", "Tabular", "Settings", "Storage", "CCrypto", "CScan", "CZlib", "CZstd",
            ]),
        module("Ledger", ["Loyalty", "Storage", "CCrypto"]),
        module("Codes", ["Loyalty", "Settings", "Storage", "CCrypto"]),
        module(
            "Delivery",
            [
                "Loyalty", "Settings", "Storage", "Tabular", "CCurl", "CCrypto", "CRename", "CZlib",
            ],
            exclude: ["Schemas"]),
        module("Reporting", ["Loyalty", "Settings", "Storage", "Tabular", "CCrypto", "CRename"]),
        module(
            "Runner",
            [
                "Loyalty", "Tabular", "Settings", "Storage", "Intake", "Ledger", "Codes",
                "Reporting", "Delivery",
            ]),
        module("Commands", ["Runner", "Ledger", "Codes", "Delivery", "Loyalty", arguments]),
        .executableTarget(
            name: "nightjar", dependencies: ["Commands", arguments], swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Loyalty", grdb], path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("LoyaltyTests", ["Loyalty"]),
        tests("TabularTests", ["Loyalty", "Tabular"]),
        tests("LedgerTests", ["Ledger", "Loyalty", "Storage"]),
        tests("CodesTests", ["Codes", "Loyalty", "Storage"]),
        tests("DeliveryTests", ["Delivery", "Loyalty", "Settings", "Storage", "CCrypto"]),
        tests("SettingsTests", ["Settings"]),
        tests("IntakeTests", ["Intake", "Loyalty", "Settings", "Storage", "Tabular"]),
        tests(
            "ReportingTests", ["Reporting", "Loyalty", "Settings", "Storage", "Tabular", "CCrypto"]),
        tests(
            "RunnerTests",
            [
                "Runner", "Delivery", "Intake", "Ledger", "Loyalty", "Reporting", "Settings",
                "Storage",
            ]),
        tests("StorageTests", ["Storage", "Loyalty"]),
        tests(
            "CommandsTests", ["nightjar", "Intake", "Loyalty", "Storage"], exclude: ["Golden"]),
        tests("TidyTests", ["Intake", "Loyalty", "Reporting"]),
    ],
    swiftLanguageModes: [.v6]
)

// What libFuzzer drives is built by scripts/fuzz alone: it links with -sanitize=fuzzer only, so it is no target where
// everything is built and tested.
if Context.environment["NIGHTJAR_FUZZ"] != nil {
    package.targets += [
        .executableTarget(
            name: "nightjar-fuzz",
            dependencies: [
                "CCurl", "Delivery", "Intake", "Loyalty", "Runner", "Settings",
                "Tabular",
            ],
            path: "Fuzz/Targets", swiftSettings: strict)
    ]
}
