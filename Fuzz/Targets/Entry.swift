import Foundation

// The main function is libFuzzer's. It leaves words with two dashes to us:
//
// nightjar-fuzz --target=NAME [its options and folders]
// nightjar-fuzz --list                                          the names of all targets
// nightjar-fuzz --target=NAME --files=FOLDER --seeds=FOLDER     writes what a target begins with, some of it files of a folder

@_cdecl("LLVMFuzzerInitialize")
func initialize(_ count: UnsafeRawPointer, _ arguments: UnsafeRawPointer) -> CInt {
    if CommandLine.arguments.contains("--list") {
        print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
        exit(0)
    }
    if let folder = option("seeds") {
        do {
            try target.writeSeeds(to: folder, files: option("files"))
        } catch {
            fail("\(error)")
        }
        exit(0)
    }
    _ = target
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func run(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try target.run(FuzzInput(Array(UnsafeBufferPointer(start: bytes, count: count))))
    } catch {
        fail("threw \(error)")
    }
    return 0
}

/// The one that is named.
private let target: FuzzTarget = {
    let name = option("target")
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
        FileHandle.standardError.write(
            Data("nightjar-fuzz: --target= needs one of \(names)\n".utf8))
        exit(64)
    }
    return target
}()

/// The value of an option of ours.
private func option(_ name: String) -> String? {
    CommandLine.arguments.first { $0.hasPrefix("--\(name)=") }
        .map { String($0.dropFirst(name.count + 3)) }
}
