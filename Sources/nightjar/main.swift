internal import ArgumentParser
import Commands

Nightjar.main()
